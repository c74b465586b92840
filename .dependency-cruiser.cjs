/**
 * The rooms of DESIGN.md as rules of dependency-cruiser (`npm run lint:layers`); the order is test/tidy/rooms.json, which the test run
 * checks too (test/tidy/layers.test.ts). See docs/adr/0004-rooms.md.
 */
const rooms = require('./test/tidy/rooms.json')

const folder = (names) => `^src/(?:${names.join('|')})/`

module.exports = {
  forbidden: [
    ...rooms.slice(0, -1).map((room, i) => ({
      name: `${room}-imports-only-rooms-before-it`,
      severity: 'error',
      from: { path: folder([room]) },
      to: { path: folder(rooms.slice(i + 1)) },
    })),
    {
      name: 'kubectl-sees-no-server-and-no-store',
      comment: 'kubectl and helm are clients: they know the API by its contract (types) alone.',
      severity: 'error',
      from: { path: folder(['kubectl', 'helm']) },
      to: { path: folder(['sim', 'store', 'apiserver']), pathNot: '^src/apiserver/contract\\.ts$' },
    },
    { name: 'no-circles-between-rooms', severity: 'error', from: { path: '^src/([^/]+)/' }, to: { circular: true, path: '^src/', pathNot: '^src/$1/', viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'src-imports-only-src', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|scripts|levels)/|^\\.\\./' } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    { name: 'declared-in-package-json', severity: 'error', from: { path: '^src/' }, to: { dependencyTypes: ['npm-no-pkg', 'npm-dev', 'undetermined'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/api/generated/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], mainFields: ['module', 'main', 'types'] },
  },
}
