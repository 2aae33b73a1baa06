"""What the `admin` commands do; admin_core/cli.py only names them, so that `admin --help` is quick."""
