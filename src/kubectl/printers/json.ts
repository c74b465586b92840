/**
 * JSON as Go's encoding/json writes it: keys in byte order, `<`, `>`, `&` escaped, and an indentation of one's choice.
 */
import { compareBytes } from '../../script/bytes.ts'
import { goNumber } from './yaml.ts'

/** A JSON string with Go's escapes. */
export function goString(text: string, html = true): string {
  let out = JSON.stringify(text)
    .replaceAll('\\b', '\\b')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
    .replaceAll('\x7f', '\x7f')
  if (html) out = out.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')
  return out
}

function keysOf(value: Record<string, unknown>, sorted: boolean): string[] {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined)
  return sorted ? keys.sort(compareBytes) : keys
}

function write(value: unknown, step: string, indent: string, html: boolean, sorted = true): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return goString(value, html)
  if (typeof value === 'number') return goNumber(value)
  if (typeof value !== 'object') return String(value)
  const inner = indent + step
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((item) => write(item, step, inner, html, sorted))]
    : [
        '{',
        '}',
        keysOf(value as Record<string, unknown>, sorted).map(
          (key) =>
            `${goString(key, html)}:${step === '' ? '' : ' '}${write((value as Record<string, unknown>)[key], step, inner, html, sorted)}`,
        ),
      ]
  if (parts.length === 0) return `${open}${close}`
  return step === '' ? `${open}${parts.join(',')}${close}` : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`
}

/** One line, no spaces (json.Marshal). `html` false leaves `<>&` as they are. */
export const toJson = (value: unknown, html = true): string => write(value, '', '', html)

/** Indented (json.MarshalIndent); kubectl prints with four spaces. No newline at the end. */
export const toJsonIndented = (value: unknown, step = '    '): string => write(value, step, '', true)

/** The same with keys in the order they stand in, as json.MarshalIndent writes the fields of a struct. */
export const toJsonInOrder = (value: unknown, step = '    '): string => write(value, step, '', true, false)
