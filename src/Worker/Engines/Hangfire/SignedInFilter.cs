using Darkroom.Worker.Access;
using Hangfire.Dashboard;

namespace Darkroom.Worker.Engines.Hangfire;

/// <summary>Lets in who the door has let in, and nobody where there is no door.</summary>
internal sealed class SignedInFilter : IDashboardAuthorizationFilter
{
    /// <inheritdoc/>
    public bool Authorize(DashboardContext context) => context.GetHttpContext().User.IsInRole(AccessDefaults.Viewer);
}
