using System.Net;
using System.Threading.RateLimiting;
using Darkroom.Worker.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>Registers authentication and authorization: who is let in, and to what.</summary>
internal static class AccessServices
{
    private const int MostWaiting = 200;

    public static IServiceCollection AddDarkroomAccess(this IServiceCollection services)
    {
        services.AddAuthentication(AccessDefaults.Scheme).AddScheme<AuthenticationSchemeOptions, VisitorHandler>(AccessDefaults.Scheme, _ => { });
        services.AddSingleton<Sessions>();
        services.AddSingleton<WrongKeys>();
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessDefaults.Viewer, policy => policy.RequireRole(AccessDefaults.Viewer))
            .AddPolicy(AccessDefaults.Operator, policy => policy.RequireRole(AccessDefaults.Operator))
            .AddPolicy(AccessDefaults.Admin, policy => policy.RequireRole(AccessDefaults.Admin))
            // What is mapped without saying who may see it is for those who may look.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(AccessDefaults.Viewer).Build());
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = AccessDefaults.CsrfHeader;
            antiforgery.Cookie.Name = $"{AccessDefaults.Cookie}-csrf";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ApiOptions>>((forwarded, api) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // All the way back through the proxies that are known, and no further.
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in api.Value.KnownProxies)
            {
                if (IPAddress.TryParse(proxy, out var address)) forwarded.KnownProxies.Add(address);
                else forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        });
        services.AddDataProtection().SetApplicationName("darkroom");
        services.AddSingleton<IXmlRepository, DataKeyRepository>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = provider.GetRequiredService<IXmlRepository>()));
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) => new ValueTask(Problems.WriteAsync(
                rejected.HttpContext, Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-requests", "Too many requests", "Too many requests of this key are waiting already. Try again later, or raise Api:RequestsPerKey.")));
            // By who somebody is, and not by where he comes from, wherever that is known: behind a proxy all come from one address.
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetConcurrencyLimiter(
                context.User.Identity?.IsAuthenticated == true ? context.OwnerOf() : $"address {WrongKeys.AddressOf(context)}",
                _ => new ConcurrencyLimiterOptions
                {
                    PermitLimit = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.RequestsPerKey,
                    QueueLimit = MostWaiting,
                    QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                }));
        });
        return services;
    }

    public static void UseDarkroomAccess(this WebApplication app)
    {
        app.UseRouting();
        app.UseMiddleware<TokenLink>();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseMiddleware<OriginCheck>();
        app.UseAuthorization();
    }
}
