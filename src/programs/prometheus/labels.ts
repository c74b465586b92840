/** Sets of labels: as keys of series, as matchers choose them, as relabelling changes them. */
import { RE2JS, RE2JSException } from 're2js'

export type Labels = Readonly<Record<string, string>>

/** The same text for the same set. */
export const keyOf = (labels: Labels): string =>
  JSON.stringify(
    Object.entries(labels)
      .filter(([, v]) => v !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
export const fromKey = (key: string): Labels => Object.fromEntries(JSON.parse(key) as [string, string][])

const compiled = new Map<string, RE2JS>()

/** A whole match, as Prometheus anchors all patterns. Throws SyntaxError for what is no pattern. */
export function pattern(text: string): RE2JS {
  let made = compiled.get(text)
  if (made !== undefined) return made
  try {
    made = RE2JS.compile(`^(?:${text})$`)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new SyntaxError(`error parsing regexp: ${error.message}`)
  }
  if (compiled.size > 500) compiled.clear()
  compiled.set(text, made)
  return made
}

export interface Relabel {
  readonly sources: readonly string[]
  readonly separator: string
  readonly regex: string
  readonly target: string
  readonly replacement: string
  readonly action: string
}

/** Labels after all rules; undefined: dropped. https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config */
export function relabelled(labels: Labels, rules: readonly Relabel[]): Labels | undefined {
  const out: Record<string, string> = { ...labels }
  for (const rule of rules) {
    const value = rule.sources.map((s) => out[s] ?? '').join(rule.separator)
    const regex = pattern(rule.regex)
    const replaced = (text: string): string | undefined => {
      const match = regex.matcher(text)
      return match.matches()
        ? rule.replacement.replace(
            /\$\{?(\d+)\}?/g,
            (_, n: string) => (Number(n) <= match.groupCount() ? match.group(Number(n)) : '') ?? '',
          )
        : undefined
    }
    switch (rule.action) {
      case 'keep':
        if (!regex.matcher(value).matches()) return undefined
        break
      case 'drop':
        if (regex.matcher(value).matches()) return undefined
        break
      case 'labelmap':
        for (const [name, v] of Object.entries(out)) {
          const to = replaced(name)
          if (to !== undefined) out[to] = v
        }
        break
      case 'labeldrop':
        for (const name of Object.keys(out)) if (regex.matcher(name).matches()) delete out[name]
        break
      default: {
        const to = replaced(value)
        if (to === '') delete out[rule.target]
        else if (to !== undefined) out[rule.target] = to
      }
    }
  }
  return out
}
