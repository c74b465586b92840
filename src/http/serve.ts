/** One simulated cluster behind a socket of this machine: the server, its clock, and how to reach it. */
import { createServer as createHttp, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { authorityCertificate, clientPair } from '../apiserver/authentication/authority.ts'
import type { Session } from '../session/session.ts'
import { createApp } from './app.ts'
import { ANONYMOUS, type StaticUser } from './authenticate.ts'
import { type Authority, createAuthority, kubeconfigFor, serverCertificate } from './certificates.ts'
import { WallClock } from './clock.ts'
import type { Door } from './door.ts'
import { StreamHub } from './streams.ts'
import { acceptUpgrades } from './upgrade.ts'

const HOST = '127.0.0.1'
const IDLE_MS = 90_000
const MAX_CONNECTIONS = 1_000

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port?: number
  /** How many times faster than the wall virtual time goes; 1 where absent. */
  readonly speed?: number
  /** Plain HTTP: whoever comes is the player, as kubectl shows no credentials there. */
  readonly insecureHttp?: boolean
  /** More tokens, for tests and tools. */
  readonly tokens?: ReadonlyMap<string, StaticUser>
  readonly report?: (error: unknown) => void
}

export interface Served {
  readonly url: string
  readonly port: number
  /** Its text; the same credentials for as long as this server runs. */
  readonly kubeconfig: string
  readonly door: Door
  close(): Promise<void>
}

/** What time is to this session: its own, with a level's timeline. */
function timedSession(session: Session): ConstructorParameters<typeof WallClock>[0] {
  const { world } = session
  return {
    get nowMs() {
      return world.nowMs
    },
    advance: (ms) => session.advance(ms),
    nextDueMs: () => {
      let next = world.loop.nextDueMs()
      for (const boundary of session.boundaries) {
        const due = boundary.nextMs()
        if (due !== undefined && (next === undefined || due < next)) next = due
      }
      return next
    },
  }
}

interface Secrets {
  readonly ca: Authority
  readonly server: Authority
  /** The cluster's authority, which clients' certificates are of. */
  readonly clients: string
}

async function makeSecrets({ world }: Session): Promise<Secrets> {
  const ca = await createAuthority()
  return { ca, server: await serverCertificate(ca, HOST), clients: authorityCertificate(world.random) }
}

function createServer(fetch: Parameters<typeof createAdaptorServer>[0]['fetch'], secrets: Secrets | undefined): Server {
  const server =
    secrets === undefined
      ? createAdaptorServer({ fetch, createServer: createHttp })
      : createAdaptorServer({
          fetch,
          createServer: createHttps,
          serverOptions: {
            key: secrets.server.key,
            cert: secrets.server.cert,
            ca: secrets.clients,
            requestCert: true,
            rejectUnauthorized: false,
          },
        })
  const plain = server as Server
  plain.keepAliveTimeout = IDLE_MS
  plain.maxConnections = MAX_CONNECTIONS
  return plain
}

const listening = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

/** Serves a session's world until closed. Rejects when the port cannot be had. */
export async function serveSession(session: Session, options: ServeOptions = {}): Promise<Served> {
  const { user: player = { name: 'admin', groups: ['system:masters'] }, namespace = 'default' } = session.options
  const secrets = options.insecureHttp ? undefined : await makeSecrets(session)
  const report = options.report ?? (() => undefined)
  const hub = new StreamHub()
  const clock = new WallClock(timedSession(session), options.speed ?? 1, () => hub.notify(), report)
  let port = 0
  const door: Door = {
    world: session.world,
    clock,
    hub,
    report,
    credentials: { tokens: options.tokens ?? new Map(), nobody: options.insecureHttp ? player : ANONYMOUS },
    get address() {
      return `${HOST}:${port}`
    },
  }
  const server = createServer(createApp(door).fetch, secrets)
  const upgrades = acceptUpgrades(server, door)
  port = await listening(server, options.port ?? 0)
  server.on('error', report)
  clock.start()
  const url = `${secrets === undefined ? 'http' : 'https'}://${HOST}:${port}`
  const credentials =
    secrets === undefined ? {} : { ca: secrets.ca.cert, client: clientPair(session.world.random, player, session.world.nowMs) }
  return {
    url,
    port,
    door,
    kubeconfig: kubeconfigFor({ server: url, namespace, user: player.name, ...credentials }),
    close: () =>
      new Promise((resolve) => {
        clock.stop()
        upgrades.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
