// The cluster pane: an observer's view of nodes and pods, as boxes with names where there is room, as lists or glyphs where there is not.
import { safeLine } from '../../lib/safe-text.ts'
import { cells, fillRow, type Row, rowWidth, span, spread, type Tone, truncate, truncateText } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { Health, NodeView, PodView, WorldFrame } from '../world.ts'

export const GLYPHS: Record<Health, [string, Tone]> = {
  ok: ['●', 'good'],
  starting: ['◐', 'warn'],
  waiting: ['○', 'warn'],
  bad: ['✗', 'bad'],
  done: ['✓', 'faint'],
  ending: ['◌', 'faint'],
}

const glyph = (health: Health) => span(GLYPHS[health][0], { tone: GLYPHS[health][1], bold: health === 'bad' })

const BAR = ' ▁▂▃▄▅▆▇█'
const meter = (label: string, used: number, total: number): Row => {
  const share = total > 0 ? used / total : 0
  const tone: Tone = share > 0.95 ? 'bad' : share > 0.8 ? 'warn' : 'good'
  const level = BAR[Math.max(share > 0 ? 1 : 0, Math.min(8, Math.round(share * 8)))]!
  return [span(`${label} `, 'faint'), span(level, tone), span(`${String(Math.round(share * 100)).padStart(3)}%`, 'faint')]
}

const meters = (node: NodeView, texts: Texts): Row => [
  ...meter(texts.cluster.cpu, node.cpuMilliRequested, node.cpuMilliTotal),
  span('  '),
  ...meter(texts.cluster.memory, node.memoryBytesUsed, node.memoryBytesTotal),
]

const nodeTitle = (node: NodeView): Row => [
  glyph(node.health),
  span(` ${safeLine(node.name)}`, { bold: true }),
  span(` ${safeLine(node.status)}`, node.health === 'ok' ? 'faint' : GLYPHS[node.health][1]),
]

const podState = (pod: PodView): Row => {
  const ready = `${pod.readyContainers}/${pod.containers}`
  const restarts = pod.restarts > 0 ? ` ↻${pod.restarts}` : ''
  const tone: Tone = pod.health === 'ok' ? 'faint' : GLYPHS[pod.health][1]
  return [span(pod.status === 'Running' ? ready : `${safeLine(pod.status)} ${ready}`, tone), span(restarts, 'warn')]
}

const podRow = (pod: PodView, width: number): Row => {
  const state = podState(pod)
  const room = Math.max(8, width - rowWidth(state) - 3)
  const name = safeLine(pod.name)
  // The random tail tells pods of one workload apart, so the middle of a long name gives way.
  const short = cells(name) <= room ? name : `${truncateText(name, room - 6)}${name.slice(-5)}`
  return spread([glyph(pod.health), span(` ${short}`)], state, width)
}

const ORDER: Health[] = ['bad', 'waiting', 'starting', 'ending', 'ok', 'done']
const worstFirst = (pods: PodView[]): PodView[] => [...pods].sort((a, b) => ORDER.indexOf(a.health) - ORDER.indexOf(b.health))

interface Group {
  title: Row
  side: Row
  pods: PodView[]
}

const groupsOf = (frame: WorldFrame, texts: Texts): Group[] => {
  const groups = frame.nodes.map((node) => ({ title: nodeTitle(node), side: meters(node, texts), pods: node.pods }))
  if (frame.unplaced.length === 0) return groups
  return [...groups, { title: [span('? '), span(texts.cluster.unplaced, { bold: true, tone: 'warn' })], side: [], pods: frame.unplaced }]
}

const box = (group: Group, width: number, height: number, texts: Texts): Row[] => {
  const inner = width - 4
  const room = height - 2
  const fits = group.pods.length <= room
  const shown = fits ? group.pods : worstFirst(group.pods).slice(0, Math.max(0, room - 1))
  const rows = shown.map((pod) => podRow(pod, inner))
  if (!fits) rows.push([span(texts.play.more(group.pods.length - shown.length), 'faint')])
  if (group.pods.length === 0) rows.push([span(texts.cluster.noPods, 'faint')])
  const title = truncate(group.title, inner - rowWidth(group.side) - 2)
  const rest = Math.max(0, width - 6 - rowWidth(title) - rowWidth(group.side))
  const top: Row = [span('┌ ', 'frame'), ...title, span(` ${'─'.repeat(rest)} `, 'frame'), ...group.side, span(' ┐', 'frame')]
  const body = Array.from({ length: room }, (_, index) => [span('│ ', 'frame'), ...fillRow(rows[index] ?? [], inner), span(' │', 'frame')])
  return [fillRow(top, width), ...body, [span(`└${'─'.repeat(width - 2)}┘`, 'frame')]]
}

const LEAST_BOX = 44

/** Boxes side by side; undefined when they do not fit. */
const boxes = (groups: Group[], width: number, height: number, texts: Texts): Row[] | undefined => {
  const columns = Math.max(1, Math.min(groups.length, Math.floor((width + 1) / LEAST_BOX)))
  const lines = Math.ceil(groups.length / columns)
  const boxWidth = Math.floor((width - (columns - 1)) / columns)
  const wanted = Array.from({ length: lines }, (_, line) =>
    Math.max(3, ...groups.slice(line * columns, (line + 1) * columns).map((group) => Math.max(1, group.pods.length) + 2)),
  )
  const total = wanted.reduce((sum, rows) => sum + rows, 0)
  if (boxWidth < LEAST_BOX - 4 || (total > height && lines * 5 > height)) return undefined
  const shrink = Math.max(0, total - height)
  const largest = wanted.map((rows) => Math.max(3, rows - Math.ceil((shrink * rows) / total)))
  const rows: Row[] = []
  for (let line = 0; line < lines; line++) {
    const drawn = groups.slice(line * columns, (line + 1) * columns).map((group) => box(group, boxWidth, largest[line]!, texts))
    for (let row = 0; row < largest[line]!; row++)
      rows.push(drawn.flatMap((part, index) => (index > 0 ? [span(' '), ...part[row]!] : part[row]!)))
  }
  return rows
}

const list = (groups: Group[], width: number, texts: Texts): Row[] =>
  groups.flatMap((group) => [
    spread(group.title, group.side, width),
    ...(group.pods.length === 0
      ? [[span(`  ${texts.cluster.noPods}`, 'faint')]]
      : group.pods.map((pod) => [span('  '), ...podRow(pod, width - 2)])),
  ])

/** One line a node with a glyph for each pod, then the pods: those that are not well, then the player's own. */
const glyphs = (groups: Group[], width: number, namespace: string): Row[] => {
  const nameWidth = Math.min(Math.floor(width / 2), Math.max(...groups.map((group) => rowWidth(group.title))) + 2)
  const lines = groups.map((group) => {
    const room = width - nameWidth
    const shown = group.pods.length <= room ? group.pods : worstFirst(group.pods).slice(0, room - 4)
    const more = group.pods.length - shown.length
    return [...fillRow(group.title, nameWidth), ...shown.map((pod) => glyph(pod.health)), ...(more > 0 ? [span(`+${more}`, 'faint')] : [])]
  })
  const pods = worstFirst(groups.flatMap((group) => group.pods))
  const troubled = pods.filter((pod) => pod.health !== 'ok' && pod.health !== 'done')
  const rest = pods.filter((pod) => !troubled.includes(pod))
  const isOwn = (pod: PodView) => pod.namespace === namespace
  return [...lines, ...[...troubled, ...rest.filter(isOwn), ...rest.filter((pod) => !isOwn(pod))].map((pod) => podRow(pod, width))]
}

/** The cluster in `width` × `height`; may be longer than `height` (then it scrolls) when not even glyphs fit. */
export const clusterRows = (frame: WorldFrame, texts: Texts, width: number, height: number): Row[] => {
  const groups = groupsOf(frame, texts)
  if (groups.length === 0) return [[span(texts.cluster.empty, 'faint')]]
  const full = list(groups, width, texts)
  return boxes(groups, width, height, texts) ?? (full.length <= height ? full : glyphs(groups, width, frame.namespace))
}

/** The same in words, for a screen reader. */
export const spokenCluster = (frame: WorldFrame, texts: Texts): string[] => {
  const podText = (pod: PodView) =>
    `  ${safeLine(pod.name)}: ${safeLine(pod.status)}, ${pod.readyContainers}/${pod.containers}${pod.restarts > 0 ? `, ${texts.cluster.restarts(pod.restarts)}` : ''}`
  const nodes = frame.nodes.flatMap((node) => [
    `${safeLine(node.name)}, ${safeLine(node.status)}, ${texts.cluster.pods(node.pods.length)}`,
    ...node.pods.map(podText),
  ])
  return frame.unplaced.length > 0 ? [...nodes, texts.cluster.unplaced, ...frame.unplaced.map(podText)] : nodes
}
