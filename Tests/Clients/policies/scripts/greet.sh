#!/bin/bash
# Says hello to whom it is told to.
echo "Hello, ${name:-$1}!"
echo "and a word on the error stream" >&2
