# Ubuntu carries .NET itself, so no other registry is needed. Base images are named by digest, so that a tag which somebody moves changes nothing here; to take a newer one, put its
# digest here (docker buildx imagetools inspect ubuntu:26.04).
ARG UBUNTU=ubuntu:26.04@sha256:da6fc2be547864451aa253836dd926da33623312df4a9a243e35dc877c378a78
FROM ${UBUNTU} AS build
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/Worker/Worker.csproj -c Release -o /app

FROM ${UBUNTU}
RUN apt-get update && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/darkroom darkroom
COPY --from=build /app /app
USER 10001
WORKDIR /var/lib/darkroom
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["dotnet", "/app/darkroom.dll"]
CMD ["worker"]
