#!/usr/bin/env bash
# What the action runs: its inputs are variables, never text of a command, so that nothing in them is obeyed by a shell.
set -euo pipefail

words=(--out "$INPUT_OUT")
if [ -n "$INPUT_TARGET" ]; then words+=(--target "$INPUT_TARGET"); fi
if [ -n "$INPUT_EXEC" ]; then words+=(--exec "$INPUT_EXEC"); fi
if [ -z "$INPUT_TARGET$INPUT_EXEC" ]; then
  echo '::error title=grpc-conform::name a server: target or exec'
  exit 2
fi
while IFS= read -r line; do
  if [ -n "$line" ]; then words+=("$line"); fi
done <<<"$INPUT_ARGS"
exec node "$GITHUB_ACTION_PATH/../../../dist/harness/cli/main.js" "${words[@]}"
