/** How values meet: files over one another, the player's over the chart's, a parent's over its subcharts', and globals downwards. */
import { deepCopy, type Fields, has, isMap, put } from '../template/values.ts'
import { type Chart, HelmError } from './contract.ts'
import { withParts } from './load.ts'
import { satisfies } from './semver.ts'

/** `over` on top of `under`; neither is changed. null stays, for it deletes a default later. */
export function mergeMaps(under: Fields, over: Fields): Fields {
  const out: Fields = { ...under }
  for (const key of Object.keys(over)) {
    const value = over[key]
    const there = has(out, key) ? out[key] : undefined
    put(out, key, isMap(value) && isMap(there) ? mergeMaps(there, value) : value)
  }
  return out
}

/** Fills `target` with what `defaults` has and it lacks; a null in it takes the default away. */
function fill(target: Fields, defaults: Fields): void {
  for (const key of Object.keys(defaults)) {
    const value = defaults[key]
    if (!has(target, key)) put(target, key, deepCopy(value))
    else if (target[key] === null) delete target[key]
    else if (isMap(target[key]) && isMap(value)) fill(target[key], value)
  }
}

function fillGlobals(target: Fields, parent: Fields): void {
  const from = isMap(parent.global) ? parent.global : {}
  const own = isMap(target.global) ? target.global : {}
  target.global = mergeMaps(own, deepCopy(from))
}

function coalesceInto(chart: Chart, target: Fields): Fields {
  fill(target, chart.values)
  for (const sub of chart.charts) {
    const given = has(target, sub.name) ? target[sub.name] : undefined
    if (given !== undefined && given !== null && !isMap(given))
      throw new HelmError(
        `type mismatch on ${sub.name}: ${given === true || given === false ? given : `%!t(${typeof given}=${String(given)})`}`,
      )
    const values: Fields = isMap(given) ? given : {}
    put(target, sub.name, values)
    fillGlobals(values, target)
    coalesceInto(sub, values)
  }
  return target
}

/** The values a chart is rendered with (chartutil.CoalesceValues). */
export const coalesceValues = (chart: Chart, given: Fields): Fields => coalesceInto(chart, deepCopy(given))

/** What stands at a dotted path. */
export function valueAt(values: Fields, path: string): unknown {
  let at: unknown = values
  for (const key of path.split('.')) {
    if (!isMap(at) || !has(at, key)) return undefined
    at = at[key]
  }
  return at
}

function atPath(path: string, value: unknown): Fields {
  return path
    .split('.')
    .reverse()
    .reduce<unknown>((inner, key) => ({ [key]: inner }), value) as Fields
}

/** What a subchart hands up by `import-values`: defaults of the parent's. */
function imported(chart: Chart, values: Fields): Fields {
  let out: Fields = {}
  for (const wanted of chart.wanted)
    for (const entry of wanted.importValues) {
      const name = wanted.alias || wanted.name
      const [child, parent] = isMap(entry) ? [String(entry.child), String(entry.parent)] : [`exports.${String(entry)}`, '.']
      const found = valueAt(values, `${name}.${child}`)
      if (isMap(found)) out = mergeMaps(out, deepCopy(parent === '.' ? found : atPath(parent, found)))
    }
  return out
}

/**
 * The chart with the subcharts that its dependencies' conditions and tags leave on, under their aliases
 * (chartutil.ProcessDependencies), for these values.
 */
export function processDependencies(chart: Chart, given: Fields): Chart {
  const used = new Set<Chart>()
  const charts: Chart[] = []
  const values = coalesceValues(chart, given)
  for (const wanted of chart.wanted) {
    const found = chart.charts.find((c) => c.name === wanted.name && (wanted.version === '' || fits(c.version, wanted.version)))
    if (found === undefined) continue
    used.add(found)
    if (isOn(wanted.condition, wanted.tags, values)) charts.push(withParts(found, { name: wanted.alias || found.name }))
  }
  // What stands in charts/ without being named is always on.
  for (const sub of chart.charts) if (!used.has(sub) && !chart.wanted.some((d) => d.name === sub.name)) charts.push(sub)
  const chosen = withParts(chart, { charts })
  const below = coalesceValues(chosen, given)
  const done = withParts(chosen, {
    charts: charts.map((sub) => processDependencies(sub, isMap(below[sub.name]) ? (below[sub.name] as Fields) : {})),
  })
  return withParts(done, { values: mergeMaps(imported(chart, below), done.values) })
}

function fits(version: string, constraint: string): boolean {
  try {
    return satisfies(version, constraint)
  } catch {
    return version === constraint
  }
}

function isOn(condition: string, tags: readonly string[], values: Fields): boolean {
  for (const path of condition.split(',').map((p) => p.trim())) {
    const value = path === '' ? undefined : valueAt(values, path)
    if (typeof value === 'boolean') return value
  }
  const set = tags.map((tag) => valueAt(values, `tags.${tag}`)).filter((v) => typeof v === 'boolean')
  return set.length === 0 || set.includes(true)
}
