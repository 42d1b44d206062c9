#!/usr/bin/env bash
# One run in eight parts, each a task of a Slurm array, into one folder that all nodes share:
#
#   DATA=/data/photographs MODEL=/models/photographs-64 OUT=/results/variants sbatch examples/cluster/slurm.sh
#
# Submitted again it goes on with what is missing, also with another number of tasks. The last part that is done writes
# index.json.
#SBATCH --job-name=boomerang
#SBATCH --array=0-7
#SBATCH --cpus-per-task=8
#SBATCH --mem=8G
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --output=boomerang-%A-%a.log
set -euo pipefail

exec npx boomerang run "$DATA" --model "$MODEL" --strength 0.3 --variants 4 --out "$OUT" --shard auto
