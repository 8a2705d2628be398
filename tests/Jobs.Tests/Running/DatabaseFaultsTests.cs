using System.Data.Common;
using Darkroom.Jobs.Running;

namespace Darkroom.Jobs.Tests.Running;

public sealed class DatabaseFaultsTests
{
    [Theory]
    [InlineData("08006", true)]
    [InlineData("53300", true)]
    [InlineData("57P01", true)]
    [InlineData("40P01", true)]
    [InlineData("40001", true)]
    [InlineData("57014", false)]
    [InlineData("23505", false)]
    [InlineData("42601", false)]
    [InlineData(null, false)]
    public void IsTransient_SqlState_GoesByItsClass(string? state, bool transient) => DatabaseFaults.IsTransient(new AwayException(state)).ShouldBe(transient);

    [Fact]
    public void IsTransient_BrokenConnection_Is() => DatabaseFaults.IsTransient(new Broken(new IOException())).ShouldBeTrue();

    [Fact]
    public void IsTransient_WrappedByHangfire_GoesByWhatIsInside()
    {
        DatabaseFaults.IsTransient(new InvalidOperationException("wrapped", new AwayException())).ShouldBeTrue();
        DatabaseFaults.IsTransient(new InvalidOperationException("wrapped", new AwayException("23505"))).ShouldBeFalse();
    }

    [Fact]
    public void IsTransient_NoneOfTheDatabase_IsNot() => DatabaseFaults.IsTransient(new IOException()).ShouldBeFalse();

    private sealed class Broken(Exception inner) : DbException("broken", inner);
}
