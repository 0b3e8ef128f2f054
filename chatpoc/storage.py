"""Static files in production: compressed, and named by their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Renames `import "./x.js"` inside our ES modules too, so that a module never meets an older sibling."""

    support_js_module_import_aggregation = True
