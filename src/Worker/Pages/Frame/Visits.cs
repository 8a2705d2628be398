using Darkroom.Jobs.Costs;
using Darkroom.Worker.Access;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Pages.Frame;

/// <summary>Finds out what is around a page.</summary>
internal sealed class Visits(SpendingWatch spending, IAntiforgery antiforgery, IOptions<BudgetOptions> budgets, EndpointDataSource endpoints)
{
    /// <summary>Of a request that the door let in.</summary>
    public async Task<Visit> OfAsync(HttpContext context)
    {
        var money = await spending.GetAsync(context.RequestAborted);
        return Of(context) with { Money = money, DayCapUsd = budgets.Value.DayUsd, MonthCapUsd = budgets.Value.MonthUsd };
    }

    /// <summary>Of any request; asks nothing of the database, so that errors can be shown whatever is wrong.</summary>
    public Visit Of(HttpContext context)
    {
        var user = context.User;
        var isSignedIn = user.Identity?.IsAuthenticated == true;
        var byCookie = string.Equals(user.Identity?.AuthenticationType, Visitors.ByCookie, StringComparison.Ordinal);
        return new Visit(
            isSignedIn ? user.Identity!.Name : null,
            isSignedIn ? Visitors.RoleOf(user) : null,
            user.IsInRole(AccessDefaults.Operator),
            user.IsInRole(AccessDefaults.Admin),
            byCookie && !context.Response.HasStarted ? antiforgery.GetAndStoreTokens(context).RequestToken : null,
            context.Request.Path,
            Money: null, DayCapUsd: null, MonthCapUsd: null,
            HasHangfire: endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/hangfire", StringComparison.Ordinal) == true));
    }
}
