/** A process's context as seen by a program that another one handed over to (`exec "$@"` of an entrypoint script). */
import type { ProcessContext } from '../contract.ts'

/** The same container and effects with other arguments. */
export function withArgv(ctx: ProcessContext, argv: readonly string[], env: Readonly<Record<string, string>> = ctx.env): ProcessContext {
  return {
    nowMs: ctx.nowMs,
    argv,
    env,
    ...(ctx.cwd !== undefined && { cwd: ctx.cwd }),
    hostname: ctx.hostname,
    pod: ctx.pod,
    container: ctx.container,
    limits: ctx.limits,
    declaredPorts: ctx.declaredPorts,
    files: ctx.files,
    api: ctx.api,
    pick: (purpose, among) => ctx.pick(purpose, among),
    random: (purpose, turn) => ctx.random(purpose, turn),
    log: (text, stream) => ctx.log(text, stream),
    uid: ctx.uid,
    listen: (port) => ctx.listen(port),
    mayBind: (port) => ctx.mayBind(port),
    unlisten: (port) => ctx.unlisten(port),
    dial: (request) => ctx.dial(request),
    resolve: (name, type) => ctx.resolve(name, type),
    hop: (make) => ctx.hop(make),
    timer: (id, afterMs, payload) => ctx.timer(id, afterMs, payload),
    cancelTimer: (id) => ctx.cancelTimer(id),
    redirect: (rules) => ctx.redirect?.(rules),
    memory: (bytes) => ctx.memory(bytes),
    cpu: (milli) => ctx.cpu(milli),
    burn: (cpuMs) => ctx.burn(cpuMs),
    spend: (steps) => ctx.spend?.(steps),
    reply: (value, serviceMs) => ctx.reply(value, serviceMs),
    hang: () => ctx.hang(),
    reset: () => ctx.reset(),
    exit: (code) => ctx.exit(code),
  }
}

/** The value of a variable, or the text of the file that `NAME_FILE` names, as the official images' `file_env` reads it. */
export function fileEnv(ctx: ProcessContext, name: string): string | undefined {
  const direct = ctx.env[name]
  if (direct !== undefined && direct !== '') return direct
  const path = ctx.env[`${name}_FILE`]
  if (path === undefined || path === '') return direct
  try {
    return ctx.files.read(path).replace(/\n+$/, '')
  } catch {
    return undefined
  }
}

/** Whether a request comes from the own pod, over loopback or its own address. */
export const isOwnPod = (sourceIp: string, ctx: Pick<ProcessContext, 'pod'>): boolean => sourceIp === '127.0.0.1' || sourceIp === ctx.pod.ip

/** How much longer work takes with less than a whole CPU. */
export const slowdown = (ctx: Pick<ProcessContext, 'limits'>): number => 1000 / Math.min(1000, Math.max(10, ctx.limits.cpuMilli ?? 1000))

export const MiB = 1024 * 1024

/** Bytes of `128M`, `1g`, `2048k`, `268435456`; undefined when it is none. */
export function sizeInBytes(text: string): number | undefined {
  const match = /^(\d+)\s*([kmgt]?)b?$/i.exec(text.trim())
  if (match === null) return undefined
  return Number(match[1]) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf(match[2]!.toLowerCase())
}
