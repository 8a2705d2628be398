using Darkroom.Worker.Engines;

namespace Darkroom.Worker.Tests.Engines.Quartz;

public sealed class QuartzEngineTests() : EngineContract(EngineKinds.Quartz);
