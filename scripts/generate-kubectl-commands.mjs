#!/usr/bin/env node
/**
 * Writes src/kubectl/flags/commands.generated.json from the reference facts of kubectl v1.36.4: verbs, usage lines, flags with
 * their defaults. Flag types are worked out from the defaults, with the exceptions named here. Run by hand when the facts change.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const from = process.argv[2] ?? '../shared/reference'
const { commands } = JSON.parse(readFileSync(`${from}/kubectl-flags.json`, 'utf8'))
// pflag's StringArray does not split at commas, StringSlice does.
const ARRAYS = new Set([
  'from-literal',
  'as-group',
  'as-user-extra',
  'rule',
  'for',
  'annotations',
  'annotation',
  'env',
  'option',
  'exec-arg',
  'exec-env',
])
// Flags that may stand without a value (pflag's NoOptDefVal).
const BARE = { 'dry-run': 'unchanged', validate: 'strict', cascade: 'background' }
function typeOf(flag) {
  if (flag.default === 'true' || flag.default === 'false') return 'bool'
  if (flag.default === '[]') return ARRAYS.has(flag.name) ? 'array' : 'slice'
  if (flag.default === '[localhost]') return 'slice'
  if (/^-?\d+$/.test(flag.default)) return 'int'
  if (/^\d+(s|m0s)$/.test(flag.default)) return 'duration'
  return 'string'
}
const out = {}
for (const [name, command] of Object.entries(commands)) {
  out[name] = {
    usage: command.usage ?? [],
    subcommands: command.subcommands ?? [],
    flags: command.flags.map((flag) => ({
      name: flag.name,
      ...(flag.short ? { short: flag.short } : {}),
      type: typeOf(flag),
      default: flag.default.replace(/^'([\s\S]*)'$/, '$1'),
      ...(BARE[flag.name] ? { bare: BARE[flag.name] } : {}),
    })),
  }
}
writeFileSync('src/kubectl/flags/commands.generated.json', `${JSON.stringify(out)}\n`)
