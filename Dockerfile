# Ubuntu carries .NET itself, so no other registry is needed.
FROM ubuntu:26.04 AS build
RUN apt-get update && apt-get install -y --no-install-recommends dotnet-sdk-10.0 ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/Worker/Worker.csproj -c Release -o /app

FROM ubuntu:26.04
RUN apt-get update && apt-get install -y --no-install-recommends aspnetcore-runtime-10.0 ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/darkroom darkroom
COPY --from=build /app /app
USER 10001
WORKDIR /var/lib/darkroom
ENV DOTNET_EnableDiagnostics=0
ENTRYPOINT ["dotnet", "/app/darkroom.dll"]
CMD ["worker"]
