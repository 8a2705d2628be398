using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Tests.Running;

public sealed class IdlePauseTests
{
    [Fact]
    public void Next_NothingDone_DoublesUpToTheMostAndBeginsAnewAfterSomething()
    {
        var pause = new IdlePause(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15));
        var waits = new[] { true, false, false, false, false, true, false }.Select(done => pause.Next(done).TotalSeconds);
        waits.ShouldBe([2, 4, 8, 15, 15, 2, 4]);
    }
}
