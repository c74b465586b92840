/**
 * What kubectl needs from the world and what it does to it: the host it talks through, and the things a running command yields.
 * Models kubectl 1.36's `genericclioptions` (streams, config flags, client factory) as plain data.
 */
import type { KindRegistry } from '../api/registry.ts'
import type { ApiAnswer, ApiRequest, ApiStream } from '../apiserver/contract.ts'
import type { FileView } from '../script/files.ts'

/** Who asks, as the kubeconfig and the flags say it; the host turns it into a user as an API server's authenticators would. */
export interface Access {
  /** The cluster's address in the kubeconfig; '' when there is none (kubectl then tries `localhost:8080`). */
  readonly server: string
  /** The name of the kubeconfig's user entry, for hosts whose entries carry no credentials of their own. */
  readonly userEntry: string
  readonly token?: string
  readonly username?: string
  readonly password?: string
  /** PEM text of the client certificate, whose key the client holds. */
  readonly clientCertificate?: string
  /** PEM text of the authorities by which the server is known; without it only public ones would count. */
  readonly certificateAuthority?: string
  /** Whoever answers is believed to be the server. */
  readonly insecure?: boolean
  /** Why the client breaks off the TLS handshake: its certificate files are unusable. */
  readonly tlsProblem?: string
  /** `--as`, `--as-uid`, `--as-group`, `--as-user-extra`. */
  readonly impersonate?: {
    readonly user: string
    readonly uid?: string
    readonly groups: readonly string[]
    readonly extra: Readonly<Record<string, readonly string[]>>
  }
}

export type KubectlRequest = Omit<ApiRequest, 'user' | 'internal'>

/** Thrown by `KubectlHost.request` when nobody answers at the server's address; `message` is the network's own (`dial tcp …: connect: connection refused`). */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  constructor(
    readonly server: string,
    message: string,
    /** `refused`: the peer said no; `timeout`: nobody answered; `lookup`: the name does not resolve; `tls`: the handshake failed. */
    readonly why: 'refused' | 'timeout' | 'lookup' | 'tls' = 'refused',
  ) {
    super(message)
  }
}

/** A request at a path that is no mere reading. */
export interface SentToPath {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  /** JSON text. */
  readonly body?: string
}

/** The world as one run of kubectl sees it. Everything is synchronous. */
export interface KubectlHost {
  /** The API. An answer of 400 and more carries a Status (an ApiError thrown is taken for the same). Throws ConnectionError. */
  request(request: KubectlRequest, access: Access): ApiAnswer
  /** Discovery: the kinds that the server serves now, CRDs' included. Throws ConnectionError, or ApiError when not authenticated. */
  kinds(access: Access): KindRegistry
  /** Paths of the server as they are written: `/version`, `/healthz`, discovery, whatever `--raw` names. Reads unless told otherwise. */
  path(path: string, access: Access, sent?: SentToPath): ApiAnswer
  readonly files: FileView
  readonly env: Readonly<Record<string, string>>
  /** Absolute. */
  readonly cwd: string
  /** All of standard input; asked only by commands that read it (`-f -`, `-i`). */
  stdin(): string
  /** Whether standard input is a terminal (`-t`). */
  readonly isTty: boolean
  /** Virtual time, ms since 1970. */
  now(): number
  /**
   * Takes a port of this machine, or any free one for 0: its number, or why not (`address already in use`). It is the caller's from when it
   * yields `forward`, and nobody's if it ends without. Absent where nothing can listen.
   */
  listen?(address: string, port: number): number | string
  /** A number in [0, 1), the n-th draw of this run (keyed: names of temporary files, debug containers). */
  random(n: number): number
}

/** What exec and attach streams carry to kubectl. `exitCode` (or `error`) is the last frame. */
export interface ExecFrame {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  /** The runtime could not start it: the message after `error: `. */
  readonly error?: string
}

/** What kubectl sends on exec and attach streams. */
export type ExecInput = { readonly stdin: string } | { readonly eof: true } | { readonly interrupt: true }

/**
 * What a running command yields.
 * - `out`, `err`: text for standard output or error, as it is written.
 * - `until`: wait until the predicate holds or `timeoutMs` of virtual time have passed (absent: for ever); resumed with `{satisfied}`.
 *   The driver asks the predicate again after events of the cluster; it is cheap and has no effects.
 * - `sleepMs`: let virtual time pass.
 * - `edit`: a shell runs `command` (EDITOR's words joined by spaces, quotes and all; `vi` when unset) with `path` as its last argument; the file
 *   is already in `files`, what the editor prints is the command's output. Resumed with `{exitCode}`.
 * - `attach`: the driver joins terminal and stream until the stream is done: kubectl's own stdin goes to `stream.send`, frames come out
 *   through `take`. Resumed after each batch by `{satisfied}`, as with `until`; kubectl prints the frames itself, so a driver without
 *   a terminal may treat it as `until`. With `interactive` it feeds what is typed as ExecInput.
 * - `forward`: the driver forwards these ports from now on and ends the command when the tunnel breaks; it is not resumed.
 */
export type KubectlYield =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly until: () => boolean; readonly timeoutMs?: number }
  | { readonly sleepMs: number }
  | { readonly edit: { readonly command: readonly string[]; readonly path: string } }
  | { readonly forward: ForwardRequest }
  | { readonly attach: { readonly stream: ApiStream; readonly tty: boolean; readonly until: () => boolean; readonly timeoutMs?: number } }

/** A port of this machine that leads to a port of a pod. */
export interface ForwardedPort {
  readonly address: string
  readonly local: number
  readonly remote: number
}

/** A tunnel to a pod's kubelet. */
export interface ForwardRequest {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  readonly node: string
  readonly ports: readonly ForwardedPort[]
}

/** How a yield is answered; nothing for `out` and `err`. */
export interface KubectlResume {
  readonly satisfied?: boolean
  readonly exitCode?: number
}

/** A running command. Its return value is the exit code; Ctrl-C is `.return(130)`, upon which watches are closed. */
export type KubectlRun = Generator<KubectlYield, number, KubectlResume | undefined>
/** A part of a running command. */
export type Steps<T = void> = Generator<KubectlYield, T, KubectlResume | undefined>
