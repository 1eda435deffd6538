import { defineConfig } from 'vite'

export default defineConfig({
  base: '/static/',
  build: {
    outDir: '../server/static',
    emptyOutDir: true,
    rolldownOptions: {
      // One HTML file per page, and what keeps the finder for the time offline.
      input: { finder: 'finder.html', graphiql: 'graphiql.html', 'service-worker': 'src/offline/service-worker.ts' },
      // A service worker is known by its address, which must stay.
      output: { entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
      // "use client" in dependencies means nothing here; 60 warnings would hide the one that matters.
      checks: { moduleLevelDirective: false },
    },
    // The page's content security policy: nothing inline, nothing from elsewhere.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Monaco, the editor in GraphiQL, is 3 MB in one piece.
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: 'es' },
  // For the dev server: Vite itself must see the ?worker imports of the first two,
  // and the GraphQL worker and the page must share one graphql.
  optimizeDeps: {
    exclude: ['graphiql/setup-workers/vite', '@graphiql/react/setup-workers/vite'],
    include: ['graphql', 'graphql-language-service', 'picomatch-browser'],
  },
  server: { proxy: { '/graphql': { target: 'http://localhost:8000', ws: true } } },
})
