using System.Data.Common;

namespace Darkroom.Jobs.Tests.Running;

/// <summary>A database that is away for a while.</summary>
internal sealed class AwayException(string? state = "57P01") : DbException("the server is shutting down")
{
    public override string? SqlState => state;
}
