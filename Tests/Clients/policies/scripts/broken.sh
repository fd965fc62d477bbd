#!/bin/bash
# Fails, to see who is told.
echo "this cannot work" >&2
exit 3
