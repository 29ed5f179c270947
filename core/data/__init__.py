"""From uploaded bytes to a typed `Dataset`, kept in the workspace's library."""
