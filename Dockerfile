# Builds Deskbell and puts the one binary into a small image that runs as nobody in particular.
#
#   docker build -t deskbell .
#   docker run --rm -p 8080:8080 -v deskbell:/data -v ./deskbell.toml:/etc/deskbell.toml:ro deskbell run

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc g++ make cmake \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The dependencies alone first: they change seldom, and their layer is kept.
COPY Cargo.toml Cargo.lock rust-toolchain.toml ./
RUN mkdir src tests tests/suite \
 && echo 'fn main() {}' > src/main.rs && touch src/lib.rs && echo 'fn main() {}' > tests/suite/main.rs \
 && cargo build --release --locked --bin deskbell \
 && rm -rf src tests
COPY . .
# Newer than the empty sources that the layer above was built from.
RUN touch src/main.rs src/lib.rs && cargo build --release --locked --bin deskbell \
 && strip target/release/deskbell \
 && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/deskbell /usr/local/bin/deskbell
COPY --from=build --chown=nonroot:nonroot /data /data
ENV DESKBELL_LISTEN=0.0.0.0:8080 \
    DESKBELL_OPS_LISTEN=0.0.0.0:8081 \
    DESKBELL_DATA_DIR=/data \
    DESKBELL_CONFIG=/etc/deskbell.toml \
    DESKBELL_LOG_FORMAT=json
USER nonroot
VOLUME /data
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["/usr/local/bin/deskbell", "health"]
ENTRYPOINT ["/usr/local/bin/deskbell"]
CMD ["run"]
