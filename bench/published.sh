#!/usr/bin/env bash
# To be sourced: builds the bench ($bench), and publishes the program to be measured the way README.md says, unless
# QUORATE_BINARY or --binary names another. What the builds print goes to standard error; the score board is all there is
# on standard output.
dotnet build bench/Quorate.Bench -c Release --nologo --verbosity quiet >&2
bench=artifacts/bin/Quorate.Bench/release/Quorate.Bench
if [[ -z "${QUORATE_BINARY:-}" && " $* " != *" --binary"[\ =]* ]]; then
  dotnet publish src/Quorate.Server -c Release -o artifacts/bench/quorate --nologo --verbosity quiet >&2
  export QUORATE_BINARY=$PWD/artifacts/bench/quorate/quorate
fi
