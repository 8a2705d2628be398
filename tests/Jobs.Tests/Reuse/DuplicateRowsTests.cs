using Darkroom.Jobs.Reuse;

namespace Darkroom.Jobs.Tests.Reuse;

public sealed class DuplicateRowsTests
{
    private static readonly Guid A = new(1, 0, 0, new byte[8]);
    private static readonly Guid B = new(2, 0, 0, new byte[8]);

    [Fact]
    public void MustWait_SecondOfItsKind_Does()
    {
        var rows = new DuplicateRows();
        (rows.MustWait(A, false), rows.MustWait(B, false), rows.MustWait(A, false), rows.MustWait(A, false)).ShouldBe((false, false, true, true));
    }

    [Fact]
    public void MustWait_InTheCanary_WaitsOnlyForTheCanary()
    {
        var rows = new DuplicateRows();
        (rows.MustWait(A, false), rows.MustWait(A, true), rows.MustWait(A, true), rows.MustWait(A, false)).ShouldBe((false, false, true, true));
    }

    [Fact]
    public void MustWait_AfterTheCanary_Waits()
    {
        var rows = new DuplicateRows();
        (rows.MustWait(A, true), rows.MustWait(A, false)).ShouldBe((false, true));
    }
}
