# The image of the service. Nothing runs in its last stage, so one machine builds it for each architecture:
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/fusionauth-sessions:0.1.0 --push .

FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json console.vite.config.ts trusted-documents.json ./
COPY scripts/build.mjs scripts/bundle.mjs ./scripts/
COPY src ./src
RUN npm run build

# No package of these holds anything made for one architecture.
FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="fusionauth-sessions" \
      org.opencontainers.image.description="Lists, limits and ends FusionAuth sessions" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json trusted-documents.json schema.graphql session-policy.schema.json LICENSE ./
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000
EXPOSE 4000
# A number, so that Kubernetes can see that it is not root. The process writes no file.
USER 1000:1000
# Liveness: a replica is not to be replaced because FusionAuth is away, nor while it migrates. Balancers ask /health/ready.
HEALTHCHECK --interval=10s --timeout=3s --start-period=400s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# As `npm start` does. In a container of 512 MiB, Node.js would take 1 MiB, and collect garbage all the time under load;
# with its four threads for that, the event loop would wait for a core.
ENTRYPOINT ["node", "--max-semi-space-size=32", "--v8-pool-size=1", "/app/dist/main.js"]
