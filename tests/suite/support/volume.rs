//! A small file system of a test's own. Mounting needs root, on Linux: without it these tests fail.

use std::{
    ffi::OsStr,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use super::rabbit::variable;

/// A mounted file system, which ends with the test.
#[derive(Debug)]
pub(crate) struct Volume {
    folder: PathBuf,
    mount: PathBuf,
    image: PathBuf,
    cuts: usize,
}

impl Volume {
    /// Of `megabytes`, in memory.
    pub(crate) fn in_memory(megabytes: u32) -> Self {
        let volume = Self::without_mount();
        let size = format!("size={megabytes}m");
        run("mount", &[&"-t", &"tmpfs", &"-o", &size, &"deskbell-test", &volume.mount]);
        volume
    }

    /// Of `megabytes`, with the file system that most servers have, in an image file: the device.
    pub(crate) fn on_a_device(megabytes: u64) -> Self {
        let volume = Self::without_mount();
        File::create(&volume.image).unwrap().set_len(megabytes << 20).unwrap();
        run("mkfs.ext4", &[&"-q", &"-F", &volume.image]);
        volume.mount_image();
        volume
    }

    /// Nothing is mounted yet.
    fn without_mount() -> Self {
        // What an interrupted test leaves mounted there, scripts/test unmounts.
        let folder = variable("DESKBELL_TEST_NODES").map_or_else(std::env::temp_dir, PathBuf::from);
        let folder = folder.join(format!("deskbell-volume-{}", uuid::Uuid::now_v7().simple()));
        let (mount, image) = (folder.join("mount"), folder.join("image-0"));
        fs::create_dir_all(&mount).unwrap();
        Self { folder, mount, image, cuts: 0 }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.mount
    }

    /// Keeps what the device has got by now, as a power cut does, and forgets what the system has
    /// not written yet. Nobody may have a file open there.
    pub(crate) fn keep_what_the_device_has(&mut self) -> PowerCut {
        self.cuts += 1;
        let image = self.folder.join(format!("image-{}", self.cuts));
        run("cp", &[&"--sparse=always", &self.image, &image]);
        PowerCut { image }
    }

    /// Mounts what was kept, at the same place; the file system replays its journal.
    pub(crate) fn power_on(&mut self, cut: PowerCut) {
        run("umount", &[&self.mount]);
        fs::remove_file(&self.image).unwrap();
        self.image = cut.image;
        self.mount_image();
    }

    /// The system writes nothing back by itself for as long as a test lasts.
    fn mount_image(&self) {
        run("mount", &[&"-o", &"loop,commit=300", &self.image, &self.mount]);
    }
}

/// What a device had got when the power went.
#[derive(Debug)]
pub(crate) struct PowerCut {
    image: PathBuf,
}

impl Drop for Volume {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("--lazy").arg(&self.mount).output());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn run(program: &str, arguments: &[&dyn AsRef<OsStr>]) {
    let output = Command::new(program)
        .args(arguments.iter().map(AsRef::as_ref))
        .output()
        .unwrap_or_else(|error| panic!("`{program}` is needed for this test: {error}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`{program}` failed, which may need root: {words}");
}
