/** id, whoami, groups: who the process is. Names come from /etc/passwd and /etc/group of where it runs. */
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { GROUP, nameOf, PASSWD } from '../credentials.ts'

interface Identity {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  user(): string | undefined
  group(id: number): string | undefined
}

function identityOf(ctx: ToolContext): Identity {
  if (ctx.credentials === undefined) {
    // A prompt's user: the machine is the user's own.
    const number = ctx.user === 'root' ? 0 : /^\d+$/.test(ctx.user) ? Number(ctx.user) : 1000
    return { uid: number, gid: number, groups: [number], user: () => ctx.user, group: () => ctx.user }
  }
  const { uid, gid, groups } = ctx.credentials
  return {
    uid,
    gid,
    groups: [gid, ...groups.filter((g) => g !== gid)],
    user: () => nameOf(ctx.files, PASSWD, uid),
    group: (id) => nameOf(ctx.files, GROUP, id),
  }
}

const both = (id: number, name: string | undefined): string => (name === undefined ? String(id) : `${id}(${name})`)

export const id: Tool = {
  names: ['id'],
  run(ctx): ToolResult {
    const who = identityOf(ctx)
    const letters = ctx.argv.slice(1).join('').replaceAll('-', '')
    const named = letters.includes('n')
    const user = who.user()
    if (letters.includes('u')) {
      if (named && user === undefined)
        return { exitCode: 1, stdout: `${who.uid}\n`, stderr: `id: cannot find name for user ID ${who.uid}\n` }
      return { stdout: `${named ? user : who.uid}\n` }
    }
    if (letters.includes('g')) return { stdout: `${named ? (who.group(who.gid) ?? who.gid) : who.gid}\n` }
    if (letters.includes('G')) return { stdout: `${who.groups.map((g) => (named ? (who.group(g) ?? g) : g)).join(' ')}\n` }
    const groups = who.groups.map((g) => both(g, who.group(g))).join(',')
    return { stdout: `uid=${both(who.uid, user)} gid=${both(who.gid, who.group(who.gid))} groups=${groups}\n` }
  },
}

export const whoami: Tool = {
  names: ['whoami', 'logname'],
  run(ctx): ToolResult {
    const { uid, user } = identityOf(ctx)
    const name = user()
    if (name !== undefined) return { stdout: `${name}\n` }
    return {
      exitCode: 1,
      stderr: ctx.shellName === 'bash' ? `whoami: cannot find name for user ID ${uid}\n` : `whoami: unknown uid ${uid}\n`,
    }
  },
}

export const groups: Tool = {
  names: ['groups'],
  run(ctx): ToolResult {
    const who = identityOf(ctx)
    return { stdout: `${who.groups.map((g) => who.group(g) ?? g).join(' ')}\n` }
  },
}
