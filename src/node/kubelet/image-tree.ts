/** An image's files: the base's directories and accounts, and what the image brings, owned as it says. */
import { deepFreeze } from '../../api/walk.ts'
import type { Image } from '../../programs/contract.ts'
import { makeDirectories } from '../../script/files.ts'
import { type DirectoryNode, emptyTree, MemoryFiles } from '../../script/memory-files.ts'
import { canonicalPath, makeParents } from '../runtime/files.ts'

/** Directories that every image but an empty one has. */
const BASE_DIRECTORIES = [
  'bin',
  'dev',
  'etc',
  'home',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr/bin',
  'usr/local/bin',
  'usr/sbin',
  'usr/share',
  'var/cache',
  'var/lib',
  'var/log',
  'var/www',
]

/** What every base's /etc/passwd holds, as far as people meet it: name → number, group, home. */
const BASE_USERS: Readonly<Record<string, readonly [uid: number, gid: number, home: string, shell: string]>> = {
  root: [0, 0, '/root', '/bin/sh'],
  daemon: [1, 1, '/usr/sbin', '/usr/sbin/nologin'],
  'www-data': [33, 33, '/var/www', '/usr/sbin/nologin'],
  nobody: [65_534, 65_534, '/nonexistent', '/usr/sbin/nologin'],
}

function accounts(image: Image): Record<string, string> {
  const own = Object.entries(image.users ?? {}).map(([name, [uid, gid]]) => [name, [uid, gid, `/home/${name}`, '/bin/sh']] as const)
  const all = [...Object.entries(BASE_USERS).filter(([name]) => image.users?.[name] === undefined), ...own]
  const groups = new Map<number, string>([[0, 'root']])
  for (const [name, [, gid]] of all) if (!groups.has(gid)) groups.set(gid, gid === 65_534 ? 'nogroup' : name)
  return {
    '/etc/passwd': all.map(([name, [uid, gid, home, shell]]) => `${name}:x:${uid}:${gid}:${name}:${home}:${shell}\n`).join(''),
    '/etc/group': [...groups].map(([gid, name]) => `${name}:x:${gid}:\n`).join(''),
  }
}

const trees = new WeakMap<Image, DirectoryNode>()

/** Made once, shared by all its containers until they write. */
export function imageTree(image: Image): DirectoryNode {
  let tree = trees.get(image)
  if (tree === undefined) {
    const files = new MemoryFiles(emptyTree)
    if (image.base !== 'scratch') {
      for (const path of BASE_DIRECTORIES) makeDirectories(files, `/${path}`)
      files.chmod('/tmp', 0o1777)
      files.chmod('/root', 0o700)
      files.symlink('/run', '/var/run')
    }
    for (const [path, text] of Object.entries({ ...(image.base !== 'scratch' && accounts(image)), ...image.files })) {
      makeParents(files, canonicalPath(path))
      files.write(canonicalPath(path), text)
    }
    for (const [path, user] of Object.entries(ownedBy(image)))
      own(files, canonicalPath(path), image.users?.[user] ?? [Number(user) || 0, 0])
    tree = deepFreeze(files.tree)
    trees.set(image, tree)
  }
  return tree
}

/** An image that names a user and not what is that user's gives it the directory it works in. */
const ownedBy = ({ owned, user, workingDir }: Image): Readonly<Record<string, string>> =>
  owned ?? (user === undefined || workingDir === undefined || workingDir === '/' ? {} : { [workingDir]: user.split(':')[0]! })

function own(files: MemoryFiles, path: string, [uid, gid]: readonly [number, number]): void {
  makeDirectories(files, path)
  files.chown(path, uid, gid)
  if (files.stat(path)?.kind === 'directory') for (const name of files.list(path)) own(files, `${path}/${name}`, [uid, gid])
}
