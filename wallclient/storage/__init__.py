"""Files of this operator: settings and saved views. Every file is written whole or not at all."""
