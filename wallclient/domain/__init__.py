"""What the trade knows: channels, nodes, layouts, views, pane states, errors. No Qt, no input or output."""
