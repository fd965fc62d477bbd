#!/bin/bash
# Takes its time.
sleep "${seconds:-$1}"
echo rested
