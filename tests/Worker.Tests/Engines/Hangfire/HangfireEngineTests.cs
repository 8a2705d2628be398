using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Tests.Engines.Hangfire;

public sealed class HangfireEngineTests() : EngineContract(EngineKinds.Hangfire);
