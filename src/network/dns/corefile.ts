/** CoreDNS' Corefile: server blocks, each with zones, a port and plug-ins (caddyfile's grammar, as far as a cluster uses it), with CoreDNS' own complaints. */

export interface Plugin {
  readonly name: string
  readonly args: readonly string[]
  readonly lines: readonly (readonly string[])[]
  /** Where it stands in the file, and its lines after it. */
  readonly line: number
}

export interface ServerBlock {
  /** `.` or names without their last dot. */
  readonly zones: readonly string[]
  readonly port: number
  readonly plugins: readonly Plugin[]
}

export type Corefile = { readonly ok: true; readonly blocks: readonly ServerBlock[] } | { readonly ok: false; readonly message: string }

/** Every plug-in that is built into CoreDNS 1.14 (plugin.cfg). */
const BUILT_IN = new Set(
  [
    'root metadata geoip cancel tls quic timeouts multisocket reload nsid bufsize bind debug trace ready health pprof prometheus errors log dnstap',
    'local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal template transfer hosts route53 azure clouddns',
    'k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view nomad',
  ].flatMap((line) => line.split(' ')),
)

interface Line {
  readonly words: readonly string[]
  readonly opens: boolean
  readonly closes: boolean
  readonly number: number
}

/** Words of a line; double quotes hold spaces together. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((m) => (m[1] === undefined ? m[2]! : m[1].replace(/\\"/g, '"')))

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  for (const [i, raw] of text.split('\n').entries()) {
    const words = wordsOf(raw.replace(/(^|\s)#.*$/, ''))
    if (words.length === 0) continue
    const closes = words[0] === '}'
    const opens = words.at(-1) === '{'
    lines.push({ words: opens ? words.slice(0, -1) : closes ? words.slice(1) : words, opens, closes, number: i + 1 })
  }
  return lines
}

const DEFAULT_PORT = 53

function zoneOf(text: string): { readonly zone: string; readonly port: number } {
  const bare = text.replace(/^dns:\/\//, '').toLowerCase()
  const port = /:(\d+)$/.exec(bare)?.[1]
  const zone = bare.replace(/:\d+$/, '').replace(/\.$/, '')
  return { zone: zone === '' ? '.' : zone, port: port === undefined ? DEFAULT_PORT : Number(port) }
}

/** `file` is what it is called in complaints. */
export function parseCorefile(text: string, file = '/etc/coredns/Corefile'): Corefile {
  const lines = linesOf(text)
  const blocks: ServerBlock[] = []
  const fail = (line: number, message: string): Corefile => ({ ok: false, message: `${file}:${line} - Error during parsing: ${message}` })
  let i = 0
  while (i < lines.length) {
    const head = lines[i++]!
    if (!head.opens) return fail(head.number, `Unexpected token '${head.words[0] ?? '}'}', expecting '{'`)
    const plugins: Plugin[] = []
    for (;;) {
      const line = lines[i++]
      if (line === undefined) return fail(lines.at(-1)!.number, "Unexpected EOF, expecting '}'")
      if (line.closes) break
      const [name, ...args] = line.words as [string, ...string[]]
      if (!BUILT_IN.has(name)) return fail(line.number, `Unknown directive '${name}'`)
      const inner: string[][] = []
      if (line.opens) {
        while (i < lines.length && !lines[i]!.closes) inner.push([...lines[i++]!.words])
        if (i++ >= lines.length) return fail(line.number, "Unexpected EOF, expecting '}'")
      }
      plugins.push({ name, args, lines: inner, line: line.number })
    }
    const zones = head.words.map((w) => zoneOf(w.replace(/,$/, '')))
    blocks.push({ zones: zones.map((z) => z.zone), port: zones[0]?.port ?? DEFAULT_PORT, plugins })
  }
  const taken = new Set<string>()
  for (const { zones, port } of blocks)
    for (const zone of zones) {
      const key = `dns://${zone === '.' ? '.' : `${zone}.`}:${port}`
      if (taken.has(key)) return { ok: false, message: `cannot serve ${key} - it is already defined` }
      taken.add(key)
    }
  return { ok: true, blocks }
}

const within = (name: string, zone: string): boolean => zone === '.' || name === zone || name.endsWith(`.${zone}`)

/** The block with the longest zone that holds the name. */
export function blockFor(blocks: readonly ServerBlock[], name: string, port = DEFAULT_PORT): ServerBlock | undefined {
  let best: ServerBlock | undefined
  let length = -1
  for (const block of blocks) {
    if (block.port !== port) continue
    for (const zone of block.zones)
      if (within(name, zone) && zone.length > length) {
        best = block
        length = zone.length
      }
  }
  return best
}

export { within as isWithin }
