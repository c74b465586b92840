/**
 * Fluent Bit 2 to 4: tails files into chunks and flushes these to its outputs. Chunks lie in memory unless `storage.type filesystem` is set; the tail's DB
 * says what was read, not what was delivered; a chunk is tried again `Retry_Limit` times (once, unless told) and then given up. All of it as it is.
 */

import type { HttpReply } from '../../network/contract.ts'
import { FileError } from '../../script/files.ts'
import type { ProcessContext, ProcessEvent, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { deliver, type LogEvent } from '../log-shipping/sinks.ts'
import { criLine, matches, type Place, pathsOf, podOf, readNew } from '../log-shipping/tail.ts'
import { MiB, sizeInBytes } from '../text/context.ts'
import { readText, writeText } from '../text/files.ts'
import { isoTime, slashedTime } from '../text/times.ts'
import { checked, isOn, readSections, type Section, SettingsError, sinkOf } from './settings.ts'

const FLUSH_MS = 1_000
/** Nothing has changed: Refresh_Interval's five seconds. */
const IDLE_MS = 5_000
const BATCH = 2_000
const RETRY_BASE_S = 5

interface Chunk {
  readonly tag: string
  readonly events: readonly LogEvent[]
  /** Number of the output. */
  readonly to: number
  readonly tries: number
  readonly notBeforeMs: number
}
interface State {
  readonly sections: readonly Section[]
  readonly places: readonly (readonly Place[])[]
  readonly chunks: readonly Chunk[]
  readonly records: number
  readonly dropped: number
}

const of = (s: { readonly sections: readonly Section[] }, kind: string): Section[] => s.sections.filter((x) => x.kind === kind)
const service = (s: State): Section['keys'] => of(s, 'SERVICE')[0]?.keys ?? {}
const storagePath = (s: State): string | undefined =>
  of(s, 'INPUT').some((i) => i.keys['storage.type'] === 'filesystem') ? service(s)['storage.path'] : undefined
const log = (ctx: ProcessContext, level: string, text: string): void =>
  ctx.log(`[${slashedTime(ctx.nowMs)}] [${level.padStart(5)}] ${text}`, 'stderr')

function start(ctx: ProcessContext): State {
  const at = ctx.argv.findIndex((a) => a === '-c' || a === '--config')
  const blank: State = { sections: [], places: [], chunks: [], records: 0, dropped: 0 }
  ctx.log(`Fluent Bit v${ctx.env['FLUENT_BIT_VERSION'] ?? '4.0.10'}\n* Copyright (C) 2015-2025 The Fluent Bit Authors`, 'stderr')
  let state: State
  try {
    state = {
      ...blank,
      sections: checked(readSections(ctx.files, at < 0 ? '/fluent-bit/etc/fluent-bit.conf' : (ctx.argv[at + 1] ?? ''), ctx.env)),
    }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    log(ctx, 'error', `[config] ${error.message}`)
    ctx.exit(1)
    return blank
  }
  log(ctx, 'info', `[fluent bit] version=${ctx.env['FLUENT_BIT_VERSION'] ?? '4.0.10'}, commit=, pid=1`)
  const kept = storagePath(state)
  const chunks = kept === undefined ? [] : (JSON.parse(readText(ctx.files, `${kept}/tail.0/chunks.flb`) ?? '[]') as Chunk[])
  log(
    ctx,
    'info',
    `[storage] ver=1.5.3, type=${kept === undefined ? 'memory' : 'memory+filesystem'}, sync=normal, checksum=off, max_chunks_up=128`,
  )
  // Times to wait are of the process before.
  state = {
    ...state,
    chunks: chunks.map((c) => ({ ...c, notBeforeMs: 0 })),
    places: of(state, 'INPUT').map((i) => JSON.parse(readText(ctx.files, i.keys['db'] ?? '') || '[]') as Place[]),
  }
  ctx.memory(12 * MiB)
  ctx.cpu(3)
  const keys = service(state)
  if (isOn(keys['http_server'])) ctx.listen(Number(keys['http_port'] ?? 2020))
  // What is there now and was never read is the past: tail begins at the end, unless told.
  state = gathered(state, ctx, true)
  ctx.timer('flush', FLUSH_MS)
  return state
}

function eventOf(text: string, path: string, input: Section, filters: readonly Section[], tag: string, ctx: ProcessContext): LogEvent {
  const parser = `${input.keys['multiline.parser'] ?? ''} ${input.keys['parser'] ?? ''}`
  const cri = /\b(cri|docker)\b/i.test(parser) ? criLine(text) : undefined
  let event: Record<string, LogEvent[string]> = {
    '@timestamp': cri?.time ?? isoTime(ctx.nowMs),
    [input.keys['key'] ?? 'log']: cri?.message ?? text,
    ...(cri && { stream: cri.stream }),
  }
  for (const { keys } of filters) {
    if (!matches(keys['match'] ?? '*', tag)) continue
    const pod = keys['name']!.toLowerCase() === 'kubernetes' ? podOf(path) : undefined
    if (pod)
      event = {
        ...event,
        kubernetes: { pod_name: pod.pod, namespace_name: pod.namespace, container_name: pod.container, docker_id: pod.id },
      }
    for (const key of ['add', 'set', 'record']) {
      const [name, ...value] = (keys[key] ?? '').split(/\s+/)
      if (name) event = { ...event, [name]: value.join(' ') }
    }
  }
  return event
}

/** Reads on in all inputs; what was read is a chunk for each output that matches. Nothing is read while too much waits. */
function gathered(s: State, ctx: ProcessContext, atStart = false): State {
  let state = s
  const filters = of(s, 'FILTER')
  for (const [n, input] of of(s, 'INPUT').entries()) {
    const limit = sizeInBytes(input.keys['mem_buf_limit'] ?? '') ?? Number.POSITIVE_INFINITY
    if (storagePath(s) === undefined && state.chunks.length > 0 && JSON.stringify(state.chunks).length > limit) {
      log(ctx, 'warn', `[input] tail.${n} paused (mem buf overlimit)`)
      continue
    }
    const excluded = (input.keys['exclude_path'] ?? '').split(',').map((x) => x.trim())
    const paths = input.keys['path']!.split(',')
      .flatMap((p) => pathsOf(ctx.files, p.trim()))
      .filter((p) => !excluded.some((x) => x !== '' && matches(x, p)))
    const before = state.places[n] ?? []
    const read = readNew(ctx.files, paths, before, BATCH, atStart && !isOn(input.keys['read_from_head']))
    if (read.places === before) continue
    const chunks = new Map<string, LogEvent[]>()
    for (const line of read.lines) {
      const tag = (input.keys['tag'] ?? `tail.${n}`).replace('*', line.path.slice(1).replaceAll('/', '.'))
      const to = chunks.get(tag) ?? []
      to.push(eventOf(line.text, line.path, input, filters, tag, ctx))
      chunks.set(tag, to)
    }
    const outputs = of(s, 'OUTPUT')
    const made = [...chunks].flatMap(([tag, events]) =>
      outputs.flatMap((o, to): Chunk[] => (matches(o.keys['match'] ?? '', tag) ? [{ tag, events, to, tries: 0, notBeforeMs: 0 }] : [])),
    )
    state = {
      ...state,
      records: state.records + read.lines.length,
      chunks: [...state.chunks, ...made],
      places: Object.assign([...state.places], { [n]: read.places }),
    }
    keep(state, ctx)
    if (input.keys['db'] !== undefined) write(input.keys['db'], JSON.stringify(read.places), ctx)
  }
  return state
}

function write(path: string, text: string, ctx: ProcessContext): void {
  try {
    writeText(ctx.files, path, text)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    log(ctx, 'error', `[sqldb] cannot write ${path}: ${error.message}`)
  }
}
function keep(s: State, ctx: ProcessContext): void {
  const path = storagePath(s)
  if (path !== undefined) write(`${path}/tail.0/chunks.flb`, JSON.stringify(s.chunks), ctx)
}

function flush(s: State, ctx: ProcessContext): State {
  const state = gathered(s, ctx)
  const outputs = of(s, 'OUTPUT')
  const open: Chunk[] = []
  let { dropped } = state
  for (const chunk of state.chunks) {
    if (chunk.notBeforeMs > ctx.nowMs) {
      open.push(chunk)
      continue
    }
    const output = outputs[chunk.to]!
    const name = `${output.keys['name']}.${chunk.to}`
    const done = deliver(ctx, sinkOf(output), chunk.events)
    if (done.left.length === 0) continue
    const tries = chunk.tries + 1
    const limit = output.keys['retry_limit'] ?? '1'
    log(ctx, 'error', `[output:${name}] ${done.error ?? 'no upstream connections available'}`)
    if (!/^(false|no_limits)$/i.test(limit) && tries > Number(limit)) {
      log(ctx, 'error', `[engine] chunk '1-${chunk.tag}.flb' cannot be retried: task_id=${chunk.to}, input=tail.0 > output=${name}`)
      dropped += done.left.length
      continue
    }
    const seconds = Math.min(2000, RETRY_BASE_S * 2 ** tries) * (0.5 + ctx.random('retry', Math.floor(ctx.nowMs)) / 2)
    log(
      ctx,
      'warn',
      `[engine] failed to flush chunk '1-${chunk.tag}.flb', retry in ${Math.ceil(seconds)} seconds: task_id=${chunk.to}, input=tail.0 > output=${name} (out_id=${chunk.to})`,
    )
    open.push({ ...chunk, events: done.left, tries, notBeforeMs: ctx.nowMs + seconds * 1000 })
  }
  const next = { ...state, chunks: open, dropped }
  if (state.chunks.length > 0) keep(next, ctx)
  ctx.timer('flush', state.chunks.length > 0 ? FLUSH_MS : IDLE_MS)
  return next
}

function request(s: State, event: ProcessEvent & { type: 'request' }, ctx: ProcessContext): State {
  if (event.protocol !== 'http') {
    ctx.reset()
    return s
  }
  const path = (event.payload as { path: string }).path.split('?')[0]
  const body =
    path === '/api/v1/health'
      ? 'ok\n'
      : path === '/api/v1/metrics'
        ? JSON.stringify({ input: { 'tail.0': { records: s.records } }, output: { dropped_records: s.dropped, retries: s.chunks.length } })
        : path === '/'
          ? JSON.stringify({ 'fluent-bit': { version: ctx.env['FLUENT_BIT_VERSION'] ?? '4.0.10', edition: 'Community' } })
          : undefined
  ctx.reply({
    status: body === undefined ? 404 : 200,
    headers: { 'content-type': 'application/json' },
    body: body ?? '',
  } satisfies HttpReply)
  return s
}

export const fluentBit: Program<State> = {
  name: 'fluent-bit',
  executables: ['fluent-bit'],
  start,
  on(s, event, ctx) {
    if (event.type === 'timer') return flush(s, ctx)
    if (event.type === 'request') return request(s, event, ctx)
    if (event.type !== 'signal' || (event.signal !== 'TERM' && event.signal !== 'INT')) return s
    log(ctx, 'warn', '[engine] service will shutdown in max 5 seconds')
    const last = flush({ ...s, chunks: s.chunks.map((c) => ({ ...c, notBeforeMs: 0 })) }, ctx)
    ctx.exit(0)
    return last
  },
}

const CONF =
  '[SERVICE]\n    flush        1\n    log_level    info\n\n[INPUT]\n    name tail\n    path /var/log/fluent-bit-nothing.log\n\n[OUTPUT]\n    name  stdout\n    match *\n'

export const fluentBitImage: ImageRecord = {
  repositories: ['fluent/fluent-bit', 'cr.fluentbit.io/fluent/fluent-bit', 'ghcr.io/fluent/fluent-bit'],
  version: versions({ latest: '4.0.10', series: { '2.2': 3, '3.0': 7, '3.1': 10, '3.2': 10, '4.0': 10, '4.1': 0 } }),
  image: (version) => ({
    entrypoint: ['/fluent-bit/bin/fluent-bit'],
    cmd: ['-c', '/fluent-bit/etc/fluent-bit.conf'],
    env: { FLUENT_BIT_VERSION: version },
    exposedPorts: [2020],
    sizeBytes: 35 * MB,
    base: 'scratch',
    executables: ['fluent-bit'],
    files: { '/fluent-bit/etc/fluent-bit.conf': CONF },
  }),
}
