using System.Threading.RateLimiting;
using Darkroom.Worker.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Access;

/// <summary>Registers the door: who is let in, and to what.</summary>
internal static class AccessServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddDarkroomAccess(this IServiceCollection services)
    {
        services.AddAuthentication(DoorDefaults.Scheme)
            .AddScheme<AuthenticationSchemeOptions, DoorHandler>(DoorDefaults.Scheme, _ => { })
            .AddCookie(DoorDefaults.Cookie);
        services.AddOptions<CookieAuthenticationOptions>(DoorDefaults.Cookie).Configure<IOptions<ApiOptions>>((cookie, api) =>
        {
            cookie.Cookie.Name = DoorDefaults.Cookie;
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = api.Value.SessionLifetime;
            cookie.SlidingExpiration = true;
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(DoorDefaults.Viewer, policy => policy.RequireRole(DoorDefaults.Viewer))
            .AddPolicy(DoorDefaults.Operator, policy => policy.RequireRole(DoorDefaults.Operator))
            .AddPolicy(DoorDefaults.Admin, policy => policy.RequireRole(DoorDefaults.Admin))
            // What is mapped without saying who may see it is for those who may look.
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(DoorDefaults.Viewer).Build());
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = DoorDefaults.CsrfHeader;
            antiforgery.Cookie.Name = $"{DoorDefaults.Cookie}-csrf";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddDataProtection().SetApplicationName("darkroom");
        services.AddSingleton<IXmlRepository, DataKeyRepository>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = provider.GetRequiredService<IXmlRepository>()));
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) => new ValueTask(Problems.WriteAsync(
                rejected.HttpContext, Problems.Of(StatusCodes.Status429TooManyRequests, "too-many-sign-ins", "Too many tries", "Wait a minute, then try again.")));
            limiter.AddPolicy(DoorDefaults.SignInLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "",
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.SignInsPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                }));
        });
        return services;
    }

    /// <summary>Puts the door before everything that is mapped.</summary>
    public static void UseDarkroomAccess(this WebApplication app)
    {
        app.UseRouting();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseMiddleware<OriginCheck>();
        app.UseAuthorization();
    }
}
