/** The player's place: a working directory with a kubeconfig, and the shell that waits in it. */
import type { ClientPair } from '../apiserver/authentication/authority.ts'
import type { ShellState } from '../script/contract.ts'
import type { FileView } from '../script/files.ts'
import { startShell, step } from '../script/language/shell.ts'
import { kubeconfigText } from './kubectl-host.ts'

export const HOME = '/tmp/lab'
/** What each command that is no builtin takes. */
const COMMAND_MS = 100

export interface Person {
  readonly name: string
  readonly groups: readonly string[]
}

export interface Furnishing {
  readonly files: FileView
  readonly namespace: string
  readonly user: Person
  /** PEM of the cluster's authority, and what the player shows to it. */
  readonly authority: string
  readonly pair: ClientPair
  readonly context: string
  /** EDITOR's value. */
  readonly editor: string
  now(): number
}

/** The first shell of a session, ready for its first command. */
export function furnish({ files, namespace, user, authority, pair, context, editor, now }: Furnishing): ShellState {
  files.write(`${HOME}/.kubeconfig`, kubeconfigText(context, namespace, user.name, authority, pair))
  return freshShell(files, editor, now)
}

/** A shell in which nothing was defined yet: the player's first one, and the one in which checks run commands. */
export function freshShell(files: FileView, editor: string, now: () => number): ShellState {
  const env = {
    HOME,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    USER: 'student',
    SHELL: '/bin/bash',
    KUBECONFIG: `${HOME}/.kubeconfig`,
    EDITOR: editor,
    TERM: 'xterm-256color',
    LANG: 'en_US.UTF-8',
    HOSTNAME: 'office-pc',
  }
  const shell = startShell('', {
    env,
    cwd: HOME,
    shellName: 'bash',
    interactive: true,
    commandDelayMs: COMMAND_MS,
    pid: 1000,
    user: 'student',
  })
  return step(shell, { files, now, random: () => 0, external: () => undefined }, { steps: 1000 }).state
}

/** Another person's shell, on a machine of their own: `files` are theirs, with a kubeconfig in their home. */
export function furnishColleague(files: FileView, name: string, namespace: string, authority: string, pair: ClientPair): ShellState {
  const home = `/home/${name}`
  for (const path of ['/tmp', '/home', home]) if (files.stat(path) === undefined) files.mkdir(path)
  files.write(`${home}/.kubeconfig`, kubeconfigText('lab', namespace, name, authority, pair))
  const env = { HOME: home, KUBECONFIG: `${home}/.kubeconfig`, PATH: '/usr/bin:/bin' }
  return startShell('', { env, cwd: home, shellName: 'bash', interactive: true, pid: 2000, user: name })
}
