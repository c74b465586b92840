#!/usr/bin/env node
/** Writes the generated parts of the documents: the README's table of levels. `--check` only says whether they are current. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const { levels } = JSON.parse(
  execFileSync('node', ['dist/cli.js', 'levels', '--json', '--lang', 'en'], {
    encoding: 'utf8',
    env: { ...process.env, CLUSTERLAB_HOME: '/nonexistent' },
  }),
)
const rows = levels.map(
  (level) =>
    `| \`${level.id}\` | ${level.title} | ${'●'.repeat(level.difficulty)}${'○'.repeat(5 - level.difficulty)} | ${level.concepts.join(', ')} |`,
)
const table = ['| level | what | | about |', '| --- | --- | --- | --- |', ...rows].join('\n')
const readme = readFileSync('README.md', 'utf8')
const next = readme.replace(/<!-- levels -->[\s\S]*<!-- \/levels -->/, `<!-- levels -->\n${table}\n<!-- /levels -->`)
if (process.argv.includes('--check')) {
  if (next !== readme) {
    console.error('README.md: the table of levels is out of date; run node scripts/write-docs.mjs')
    process.exit(1)
  }
} else writeFileSync('README.md', next)
