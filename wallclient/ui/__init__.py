"""Windows, widgets, item models and dialogs; the only place that makes sentences. All on the GUI thread."""
