#!/bin/bash
# One line more in a file each time this runs.
echo ran >>"${file:-$1}"
echo counted
