/** CoreDNS' Corefile: server blocks, each with zones and plug-ins; parsed far enough to serve a cluster, with CoreDNS' own complaints. */

export interface Plugin {
  readonly name: string
  readonly args: readonly string[]
  readonly lines: readonly (readonly string[])[]
}

export interface ServerBlock {
  /** `.` or names without their last dot. */
  readonly zones: readonly string[]
  readonly plugins: readonly Plugin[]
}

export type Corefile = { readonly ok: true; readonly blocks: readonly ServerBlock[] } | { readonly ok: false; readonly message: string }

/** Plug-ins that answer or change answers here; the others are accepted and have no effect on answers. */
const KNOWN = new Set(
  'errors log health ready kubernetes prometheus forward cache loop reload loadbalance hosts rewrite bind debug any chaos acl bufsize dns64 dnssec erratic etcd file auto secondary grpc import k8s_external metadata minimal multisocket nsid pprof root route53 sign template timeouts tls tracing trace transfer tsig view whoami autopath azure clouddns cancel geoip header local'.split(
    ' ',
  ),
)

interface Line {
  readonly words: readonly string[]
  readonly opens: boolean
  readonly closes: boolean
  readonly number: number
}

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (const [i, raw] of text.split('\n').entries()) {
    const words = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((w) => w !== '')
    if (words.length === 0) continue
    const closes = words[0] === '}'
    const opens = words.at(-1) === '{'
    lines.push({ words: opens ? words.slice(0, -1) : closes ? words.slice(1) : words, opens, closes, number: i + 1 })
  }
  return lines
}

const zoneOf = (text: string): string => {
  const zone = text
    .replace(/^dns:\/\//, '')
    .replace(/:\d+$/, '')
    .toLowerCase()
  return zone === '' || zone === '.' ? '.' : zone.replace(/\.$/, '')
}

export function parseCorefile(text: string): Corefile {
  const lines = linesOf(text)
  const blocks: ServerBlock[] = []
  let i = 0
  while (i < lines.length) {
    const head = lines[i++]!
    if (!head.opens)
      return {
        ok: false,
        message: `Corefile:${head.number} - Error during parsing: Unexpected token '${head.words[0] ?? '}'}', expecting '{'`,
      }
    const plugins: Plugin[] = []
    for (;;) {
      const line = lines[i++]
      if (line === undefined)
        return { ok: false, message: `Corefile:${lines.at(-1)!.number} - Error during parsing: Unexpected EOF, expecting '}'` }
      if (line.closes) break
      const [name, ...args] = line.words as [string, ...string[]]
      if (!KNOWN.has(name)) return { ok: false, message: `Corefile:${line.number} - Error during parsing: Unknown directive '${name}'` }
      const inner: string[][] = []
      if (line.opens) {
        while (i < lines.length && !lines[i]!.closes) inner.push([...lines[i++]!.words])
        if (i++ >= lines.length)
          return { ok: false, message: `Corefile:${line.number} - Error during parsing: Unexpected EOF, expecting '}'` }
      }
      plugins.push({ name, args, lines: inner })
    }
    blocks.push({ zones: head.words.map((w) => zoneOf(w.replace(/,$/, ''))), plugins })
  }
  return blocks.length === 0 ? { ok: false, message: 'Corefile: no server blocks' } : { ok: true, blocks }
}

const within = (name: string, zone: string): boolean => zone === '.' || name === zone || name.endsWith(`.${zone}`)

/** The block with the longest zone that holds the name. */
export function blockFor(blocks: readonly ServerBlock[], name: string): ServerBlock | undefined {
  let best: ServerBlock | undefined
  let length = -1
  for (const block of blocks)
    for (const zone of block.zones)
      if (within(name, zone) && zone.length > length) {
        best = block
        length = zone.length
      }
  return best
}

export { within as isWithin }
