/** The text format of metrics: `name{label="value"} 12`. https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { Labels } from './labels.ts'

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/
const NUMBERS: Readonly<Record<string, number>> = { '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY, NaN: Number.NaN }

/** Throws SyntaxError where it is not the text format. */
export function parseMetrics(text: string): Sample[] {
  const out: Sample[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const match = LINE.exec(line)
    const value = match === null ? Number.NaN : (NUMBERS[match[3]!] ?? Number(match[3]))
    if (match === null || (Number.isNaN(value) && match[3] !== 'NaN'))
      throw new SyntaxError(`expected value after metric, got "${line.slice(0, 20)}" ("INVALID") while parsing: "${line.slice(0, 30)}"`)
    const labels: Record<string, string> = { __name__: match[1]! }
    for (const pair of (match[2] ?? '').matchAll(/([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g))
      labels[pair[1]!] = pair[2]!.replaceAll('\\"', '"').replaceAll('\\n', '\n').replaceAll('\\\\', '\\')
    out.push({ labels, value })
  }
  return out
}

const escaped = (v: string): string => v.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** A family with its type. */
export function family(
  name: string,
  type: string,
  help: string,
  samples: readonly { readonly labels?: Labels; readonly value: number }[],
): string {
  const lines = samples.map((s) => {
    const labels = Object.entries(s.labels ?? {})
      .map(([k, v]) => `${k}="${escaped(v)}"`)
      .join(',')
    return `${name}${labels === '' ? '' : `{${labels}}`} ${s.value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
