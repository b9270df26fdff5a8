//! Every kind of table that the behaviour file has.

/// A table, and what has to stand around it.
pub(super) struct Shape {
    /// The file, with `@` for a line of the table.
    pub(super) around: &'static str,
    /// Where the table is in the schema.
    pub(super) schema: &'static str,
    /// Where it is in the file.
    pub(super) instance: &'static str,
}

impl Shape {
    /// The file with a line in the table; where the line's key is there already, it takes its place.
    pub(super) fn with(&self, line: &str) -> String {
        let key = line.split('=').next().unwrap_or_default();
        let (before, after) = self.around.split_once('@').unwrap();
        let (lines, header) = match before.rfind('[') {
            Some(at) => (&before[at..], &before[..at]),
            None => (before, ""),
        };
        let others = lines.lines().filter(|other| !other.starts_with(key));
        format!("{header}{}\n{line}{after}", others.collect::<Vec<_>>().join("\n"))
    }
}

/// All of them; where the keys depend on a word, once for each.
pub(super) const SHAPES: &[Shape] = &[
    Shape { around: "@", schema: "", instance: "" },
    Shape { around: "[preflight]\n@", schema: "/properties/preflight", instance: "/preflight" },
    Shape { around: "[privacy]\n@", schema: "/properties/privacy", instance: "/privacy" },
    Shape {
        around: "[privacy.retention]\n@",
        schema: "/properties/privacy/properties/retention",
        instance: "/privacy/retention",
    },
    Shape {
        around: "[sources.s]\nverify = \"standard-webhooks\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"hmac\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"stripe\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"github\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"shopify\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"woocommerce\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"adyen\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"paypal\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"hubspot\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"bearer\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"basic\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s]\nverify = \"none\"\n@",
        schema: "/properties/sources/additionalProperties",
        instance: "/sources/s",
    },
    Shape {
        around: "[sources.s.callback]\n@",
        schema: "/properties/sources/additionalProperties/properties/callback",
        instance: "/sources/s/callback",
    },
    Shape { around: "[operators]\n@", schema: "/properties/operators", instance: "/operators" },
    Shape {
        around: "[operators.notify.pager]\n@",
        schema: "/properties/operators/properties/notify/additionalProperties",
        instance: "/operators/notify/pager",
    },
    Shape {
        around: "[sources.s.rate]\n@",
        schema: "/properties/sources/additionalProperties/properties/rate",
        instance: "/sources/s/rate",
    },
    Shape {
        around: "[[sources.s.map]]\n@",
        schema: "/properties/sources/additionalProperties/properties/map/items",
        instance: "/sources/s/map/0",
    },
    Shape {
        around: "[desks.d]\nkind = \"hubspot\"\n@",
        schema: "/properties/desks/additionalProperties",
        instance: "/desks/d",
    },
    Shape {
        around: "[desks.d]\nkind = \"supportdesk\"\n@",
        schema: "/properties/desks/additionalProperties",
        instance: "/desks/d",
    },
    Shape {
        around: "[desks.d]\nkind = \"thulium\"\n@",
        schema: "/properties/desks/additionalProperties",
        instance: "/desks/d",
    },
    Shape {
        around: "[desks.d]\nkind = \"kf5\"\n@",
        schema: "/properties/desks/additionalProperties",
        instance: "/desks/d",
    },
    Shape {
        around: "[[desks.d.pacing]]\n@\n[desks.d]\nkind = \"supportdesk\"",
        schema: "/properties/desks/additionalProperties/properties/pacing/items",
        instance: "/desks/d/pacing/0",
    },
    Shape {
        around: "[desks.d]\nkind = \"thulium\"\n[desks.d.priority_tags]\n@",
        schema: "/properties/desks/additionalProperties/properties/priority_tags",
        instance: "/desks/d/priority_tags",
    },
    Shape { around: "[[rules]]\n@", schema: "/properties/rules/items", instance: "/rules/0" },
    Shape {
        around: "[[rules]]\n[rules.customer]\n@",
        schema: "/properties/rules/items/properties/customer",
        instance: "/rules/0/customer",
    },
    Shape {
        around: "[[rules]]\n[rules.brake]\n@",
        schema: "/properties/rules/items/properties/brake",
        instance: "/rules/0/brake",
    },
    Shape {
        around: "[[rules]]\n[[rules.associations]]\n@",
        schema: "/properties/rules/items/properties/associations/items",
        instance: "/rules/0/associations/0",
    },
];
