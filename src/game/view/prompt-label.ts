/** What stands before the cursor: the working directory, the player's own as `~`. */
import { describeShell } from '../../script/language/shell.ts'
import { HOME, type Session } from '../../session/session.ts'

export function promptLabel(session: Session): string {
  const { cwd } = describeShell(session.shell)
  return `${cwd === HOME ? '~' : cwd.startsWith(`${HOME}/`) ? `~${cwd.slice(HOME.length)}` : cwd} $ `
}
