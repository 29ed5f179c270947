"""From uploaded bytes to a typed `Dataset`, saved in the workspace's library."""
