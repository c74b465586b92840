/** Tables of resource use as `kubectl top` prints them: cores in millis, bytes in Mi, parts of what a node has. Models kubectl's TopCmdPrinter. */
import type { ApiObject } from '../../../api/meta.ts'
import { addQuantities, compareQuantities, milliValue, parseQuantity, type Quantity, quantityValue } from '../../../api/quantity.ts'
import { TabWriter } from '../../printers/tabwriter.ts'

export type Measured = 'cpu' | 'memory' | 'swap'
export type Usage = Readonly<Partial<Record<string, string | Quantity>>>

const UNKNOWN = '<unknown>'
const MIB = 1024 * 1024
const HEADERS: Readonly<Record<Measured, string>> = { cpu: 'CPU(cores)', memory: 'MEMORY(bytes)', swap: 'SWAP(bytes)' }
const PARTS: Readonly<Record<Measured, string>> = { cpu: 'CPU(%)', memory: 'MEMORY(%)', swap: 'SWAP(%)' }

export const measuredWith = (swap: boolean): readonly Measured[] => (swap ? ['cpu', 'memory', 'swap'] : ['cpu', 'memory'])

const text = (what: Measured, value: Usage[string]): string =>
  what === 'cpu' ? `${milliValue(value)}m` : `${Math.trunc(quantityValue(value) / MIB)}Mi`

function part(value: Usage[string], whole: Usage[string]): string {
  const all = milliValue(whole)
  return `${all === 0 ? 0 : Math.trunc((milliValue(value) / all) * 100)}%`
}

/** Each cell ends in a tab, the last one, too: kubectl pads it like the others. */
class Lines {
  readonly #writer = new TabWriter()
  line(cells: readonly string[]): void {
    this.#writer.line([...cells, ''])
  }
  text(): string {
    return this.#writer.flush()
  }
}

const byName = (a: ApiObject, b: ApiObject): number => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0)

/** The most first, or by name. */
function sorted<T>(list: readonly T[], by: string, usage: (one: T) => Usage, otherwise: (a: T, b: T) => number): T[] {
  const most = (a: T, b: T): number => compareQuantities(usage(b)[by] ?? '0', usage(a)[by] ?? '0')
  return [...list].sort(by === '' ? otherwise : (a, b) => most(a, b))
}

export interface NodeTable {
  readonly metrics: readonly ApiObject[]
  /** What each node has, by name; a node that is not measured is told of, too. */
  readonly whole: ReadonlyMap<string, Usage>
  readonly measured: readonly Measured[]
  readonly sortBy: string
  readonly headers: boolean
}

export function nodeTable({ metrics, whole, measured, sortBy, headers }: NodeTable): string {
  const writer = new Lines()
  if (headers) writer.line(['NAME', ...measured.flatMap((m) => [HEADERS[m], PARTS[m]])])
  for (const metric of sorted(metrics, sortBy, (m) => m['usage'] as Usage, byName)) {
    const usage = metric['usage'] as Usage
    const has = whole.get(metric.metadata.name) ?? {}
    const cells = measured.flatMap((m) => {
      if (m === 'swap' && has[m] === undefined) return [UNKNOWN, UNKNOWN]
      return [text(m, usage[m] ?? '0'), ...(has[m] === undefined ? [] : [part(usage[m] ?? '0', has[m])])]
    })
    writer.line([metric.metadata.name, ...cells])
  }
  const known = new Set(metrics.map((m) => m.metadata.name))
  for (const name of whole.keys()) if (!known.has(name)) writer.line([name, ...measured.flatMap(() => [UNKNOWN, UNKNOWN])])
  return writer.text()
}

interface ContainerUsage {
  readonly name: string
  readonly usage: Usage
}

const containersOf = (pod: ApiObject): readonly ContainerUsage[] => (pod['containers'] ?? []) as readonly ContainerUsage[]

const total = (list: readonly Usage[], measured: readonly Measured[]): Usage =>
  Object.fromEntries(measured.map((m) => [m, list.map((u) => parseQuantity(u[m] ?? '0')).reduce(addQuantities, parseQuantity('0'))]))

export interface PodTable {
  readonly metrics: readonly ApiObject[]
  readonly measured: readonly Measured[]
  readonly sortBy: string
  readonly headers: boolean
  readonly namespaces: boolean
  readonly containers: boolean
  readonly sum: boolean
}

export function podTable({ metrics, measured, sortBy, headers, namespaces, containers, sum }: PodTable): string {
  const writer = new Lines()
  const columns = [...(namespaces ? ['NAMESPACE'] : []), ...(containers ? ['POD'] : []), 'NAME', ...measured.map((m) => HEADERS[m])]
  if (headers) writer.line(columns)
  const place = (pod: ApiObject): string[] => (namespaces ? [pod.metadata.namespace ?? ''] : [])
  const cells = (usage: Usage): string[] => measured.map((m) => text(m, usage[m] ?? '0'))
  const usage = (pod: ApiObject): Usage =>
    total(
      containersOf(pod).map((c) => c.usage),
      measured,
    )
  const inOrder = (a: ApiObject, b: ApiObject): number =>
    namespaces && a.metadata.namespace !== b.metadata.namespace
      ? (a.metadata.namespace ?? '') < (b.metadata.namespace ?? '')
        ? -1
        : 1
      : byName(a, b)
  for (const pod of sorted(metrics, sortBy, usage, inOrder)) {
    if (!containers) writer.line([...place(pod), pod.metadata.name, ...cells(usage(pod))])
    else
      for (const c of sorted(
        containersOf(pod),
        sortBy,
        (one) => one.usage,
        (a, b) => (a.name < b.name ? -1 : 1),
      ))
        writer.line([...place(pod), pod.metadata.name, c.name, ...cells(c.usage)])
  }
  if (sum) {
    // Without headers kubectl counts fewer columns, and the sums stand where the names are.
    const width = headers ? columns.length : measured.length + 1
    const blank = (n: number): string[] => new Array<string>(Math.max(0, n)).fill('')
    writer.line([...blank(width - 2), '________', '________'])
    writer.line([...blank(width - 3), '', ...cells(total(metrics.map(usage), measured))])
  }
  return writer.text()
}
