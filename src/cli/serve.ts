/** `clusterlab serve`: opens a world, serves its API on this machine, writes a kubeconfig, and runs until it is told to stop. */
import { chmodSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { sync as writeFileAtomic } from 'write-file-atomic'
import type { PresetName } from '../cluster/presets.ts'
import { Catalogue } from '../game/catalogue.ts'
import { type Served, serveSession } from '../http/serve.ts'
import { LevelError, problemText } from '../levels/loader/problems.ts'
import { openStage } from '../levels/stage.ts'
import { Session } from '../session/session.ts'
import type { Both } from '../shell/contract.ts'
import type { Options, Run } from './commands/contract.ts'
import { type Context, EXIT, inputError, plainReason, usageError } from './context.ts'
import { FolderSource, wantedLevel } from './level-source.ts'

const MAX_SPEED = 1_000

const TEXTS: Readonly<Record<'serving' | 'use' | 'stop' | 'stopped' | 'insecure', Both>> = {
  serving: { en: 'The Kubernetes API of this simulated cluster is at', es: 'La API de Kubernetes de este clúster simulado está en' },
  use: { en: 'Use it from another terminal:', es: 'Úsala desde otra terminal:' },
  stop: { en: 'Ctrl-C stops it; the cluster is gone then.', es: 'Ctrl-C la detiene; entonces el clúster desaparece.' },
  stopped: { en: 'Stopped.', es: 'Detenida.' },
  insecure: {
    en: 'Plain HTTP: whoever connects on this machine is the player.',
    es: 'HTTP sin cifrar: quien se conecte en esta máquina es el jugador.',
  },
}

function numberOf(text: unknown, option: string, least: number, most: number, whole: boolean): number {
  const value = Number(text)
  if (text === '' || !Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value)))
    throw usageError(`${option}: "${String(text)}" is not a ${whole ? 'whole ' : ''}number from ${least} to ${most}`)
  return value
}

function openSession(level: string | undefined, options: Options, context: Context): Session {
  const seed = options['seed'] === undefined ? undefined : String(options['seed'])
  if (level === undefined) return new Session({ world: { preset: options['preset'] as PresetName, ...(seed !== undefined && { seed }) } })
  const place = wantedLevel(level, context)
  try {
    return openStage(new Catalogue(new FolderSource([place])).level(place.id, seed ?? '0'), context.lang)
  } catch (error) {
    if (!(error instanceof LevelError)) throw error
    throw inputError(error.problems.map(problemText).join('\n'))
  }
}

async function listen(session: Session, options: Options, context: Context): Promise<Served> {
  const port = numberOf(options['port'], '--port', 0, 65_535, true)
  const speed = numberOf(options['speed'], '--speed', 0.01, MAX_SPEED, false)
  const told = new Set<string>()
  const report = (error: unknown): void => {
    const text = error instanceof Error ? error.message : String(error)
    if (!told.has(text)) context.stderr.write(`serve: ${text}\n`)
    told.add(text)
  }
  try {
    return await serveSession(session, { port, speed, insecureHttp: options['insecureHttp'] === true, report })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw inputError(`serve: port ${port} is in use; choose another with --port, or --port 0`)
    throw inputError(`serve: ${plainReason(error)}`)
  }
}

/** Keys are for their owner's eyes. */
function writeKubeconfig(served: Served, asked: unknown): string {
  const path = typeof asked === 'string' ? resolve(asked) : join(tmpdir(), `clusterlab-${served.port}`, 'kubeconfig')
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileAtomic(path, served.kubeconfig, { mode: 0o600 })
    chmodSync(path, 0o600)
  } catch (error) {
    throw inputError(`serve: ${path}: ${plainReason(error)}`)
  }
  return path
}

const toldToStop = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })

export const run: Run = async ([level], options, context) => {
  const { stdout, lang } = context
  const served = await listen(openSession(level, options, context), options, context)
  try {
    const path = writeKubeconfig(served, options['writeKubeconfig'])
    const stopped = toldToStop()
    stdout.write(`${TEXTS.serving[lang]} ${served.url}\n`)
    if (options['insecureHttp'] === true) stdout.write(`${TEXTS.insecure[lang]}\n`)
    stdout.write(`${TEXTS.use[lang]}\n\n  export KUBECONFIG=${path}\n  kubectl get nodes\n\n${TEXTS.stop[lang]}\n`)
    await stopped
    stdout.write(`${TEXTS.stopped[lang]}\n`)
    return EXIT.ok
  } finally {
    await served.close()
  }
}
