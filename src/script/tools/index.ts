/** The registry of small tools: one record a tool, one entry here. */
import type { Tool } from '../contract.ts'
import { awk } from './awk.ts'
import { cat } from './cat.ts'
import { diff } from './diff.ts'
import { basename, cp, dirname, ln, mkdir, mktemp, mv, realpath, rm, rmdir, tee, touch } from './file-tools.ts'
import { find } from './find.ts'
import { grep } from './grep.ts'
import { gzip } from './gzip.ts'
import { head } from './head.ts'
import { groups, id, whoami } from './identity.ts'
import { jq } from './jq.ts'
import { ls } from './ls.ts'
import { chgrp, chmod, chown } from './owners.ts'
import { env, nohup, shellFromInput, timeout, watch, xargs } from './runners.ts'
import { sed } from './sed.ts'
import { dd, fallocate, truncate } from './sized-files.ts'
import { sleep } from './sleep.ts'
import { base64, cksum, clear, date, expr, hostname, md5sum, printenv, seq, sha1sum, sha256sum, sha512sum, uname, yes } from './small.ts'
import { stat } from './stat.ts'
import { tar } from './tar.ts'
import { column, cut, nl, paste, rev, tac, tr } from './text-columns.ts'
import { sort, tail, uniq, wc } from './text-lines.ts'
import { yq } from './yq.ts'

/** Every tool, in no particular order. */
export const tools: readonly Tool[] = [
  ...[cat, head, tail, grep, sed, sort, uniq, wc, cut, tr, rev, tac, nl, paste, column, diff, jq, yq, awk],
  ...[
    ls,
    mkdir,
    rm,
    rmdir,
    cp,
    mv,
    ln,
    touch,
    chmod,
    chown,
    chgrp,
    stat,
    dd,
    truncate,
    fallocate,
    mktemp,
    tee,
    basename,
    dirname,
    realpath,
    find,
    tar,
    gzip,
  ],
  ...[xargs, timeout, env, nohup, watch, shellFromInput, sleep],
  ...[seq, yes, date, base64, md5sum, sha1sum, sha256sum, sha512sum, cksum, expr, printenv, hostname, whoami, id, groups, uname, clear],
]

const byName = new Map<string, Tool>(tools.flatMap((tool) => tool.names.map((name) => [name, tool] as const)))

/** The tool of that name. */
export function findTool(name: string): Tool | undefined {
  return byName.get(name)
}

/** Builtins that systems also have as files in /bin, so that they can be a container's command. */
const ALSO_FILES = new Set(['echo', 'printf', 'test', '[', 'pwd', 'kill', 'true', 'false', 'env'])

/** Whether a base system has an executable of this name. */
export const isExecutable = (name: string): boolean => ALSO_FILES.has(name) || findTool(name) !== undefined
