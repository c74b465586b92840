/**
 * KYAML (`-o kyaml`, KEP-5295): YAML in flow style with quoted strings and trailing commas.
 */

import { compareKeys, goNumber } from './yaml.ts'
import { doubleQuoted, inlineScalar } from './yaml-scalars.ts'

const key = (text: string): string => (/^[A-Za-z_][-\w./]*$/.test(text) && inlineScalar(text) === text ? text : doubleQuoted(text))

function write(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return doubleQuoted(value)
  if (typeof value === 'number') return goNumber(value)
  if (typeof value !== 'object') return String(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    if (value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item)))
      return `[${value.map((item) => write(item, indent)).join(', ')}]`
    return `[\n${value.map((item) => `${inner}${write(item, inner)},\n`).join('')}${indent}]`
  }
  const object = value as Record<string, unknown>
  const keys = Object.keys(object)
    .filter((k) => object[k] !== undefined)
    .sort(compareKeys)
  if (keys.length === 0) return '{}'
  return `{\n${keys.map((k) => `${inner}${key(k)}: ${write(object[k], inner)},\n`).join('')}${indent}}`
}

/** One document, with its `---`. */
export const toKyaml = (value: unknown): string => `---\n${write(value, '')}\n`
