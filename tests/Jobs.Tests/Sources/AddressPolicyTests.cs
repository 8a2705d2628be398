using System.Net;
using Darkroom.Jobs.Sources;

namespace Darkroom.Jobs.Tests.Sources;

public sealed class AddressPolicyTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressKind.Public)]
    [InlineData("172.15.255.255", AddressKind.Public)]
    [InlineData("172.32.0.0", AddressKind.Public)]
    [InlineData("100.63.255.255", AddressKind.Public)]
    [InlineData("2606:4700::1111", AddressKind.Public)]
    [InlineData("127.0.0.1", AddressKind.Loopback)]
    [InlineData("127.255.255.254", AddressKind.Loopback)]
    [InlineData("::1", AddressKind.Loopback)]
    [InlineData("10.1.2.3", AddressKind.Private)]
    [InlineData("172.16.0.1", AddressKind.Private)]
    [InlineData("172.31.255.255", AddressKind.Private)]
    [InlineData("192.168.0.1", AddressKind.Private)]
    [InlineData("fd12::1", AddressKind.Private)]
    [InlineData("fec0::1", AddressKind.Private)]
    [InlineData("100.64.0.1", AddressKind.Shared)]
    [InlineData("100.100.100.200", AddressKind.Shared)]
    [InlineData("169.254.169.254", AddressKind.LinkLocal)]
    [InlineData("fe80::1", AddressKind.LinkLocal)]
    [InlineData("fe80::1%1", AddressKind.LinkLocal)]
    [InlineData("168.63.129.16", AddressKind.Metadata)]
    [InlineData("192.0.0.192", AddressKind.Metadata)]
    [InlineData("fd00:ec2::254", AddressKind.Metadata)]
    [InlineData("224.0.0.1", AddressKind.Multicast)]
    [InlineData("ff02::1", AddressKind.Multicast)]
    [InlineData("0.0.0.0", AddressKind.Unspecified)]
    [InlineData("0.1.2.3", AddressKind.Unspecified)]
    [InlineData("::", AddressKind.Unspecified)]
    [InlineData("255.255.255.255", AddressKind.Broadcast)]
    [InlineData("240.0.0.1", AddressKind.Reserved)]
    [InlineData("198.18.0.1", AddressKind.Reserved)]
    [InlineData("203.0.113.9", AddressKind.Reserved)]
    [InlineData("2001:db8::1", AddressKind.Reserved)]
    [InlineData("4000::1", AddressKind.Reserved)]
    [InlineData("::ffff:127.0.0.1", AddressKind.Embedded)]
    [InlineData("::ffff:8.8.8.8", AddressKind.Embedded)]
    [InlineData("::127.0.0.1", AddressKind.Embedded)]
    [InlineData("64:ff9b::7f00:1", AddressKind.Embedded)]
    [InlineData("64:ff9b:1::a00:1", AddressKind.Embedded)]
    [InlineData("2002:7f00:1::", AddressKind.Embedded)]
    [InlineData("2001:0:7f00:1::", AddressKind.Embedded)]
    [InlineData("2606:4700::5efe:7f00:1", AddressKind.Embedded)]
    public void Of_Address_IsOfItsKind(string address, AddressKind kind) => AddressKinds.Of(IPAddress.Parse(address)).ShouldBe(kind);

    [Fact]
    public void Permits_Default_OnlyPublic()
    {
        var policy = new AddressPolicy(new SourcesOptions());
        Permits(policy, "8.8.8.8").ShouldBeTrue();
        foreach (var inside in new[] { "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1" })
            Permits(policy, inside).ShouldBeFalse(inside);
    }

    [Fact]
    public void Permits_AllowedNetwork_LiftsExactlyThat()
    {
        var policy = new AddressPolicy(new SourcesOptions { AllowedNetworks = ["10.0.0.0/8", "127.0.0.0/8", "fe80::/10"] });
        Permits(policy, "10.255.0.1").ShouldBeTrue();
        Permits(policy, "fe80::1%1").ShouldBeTrue();
        Permits(policy, "192.168.0.1").ShouldBeFalse();
        Permits(policy, "::1").ShouldBeFalse();
        Permits(policy, "::ffff:127.0.0.1").ShouldBeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("fd12::1", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    public void Permits_AllowedHost_MayBeAtHomeHereAndNowhereWorse(string address, bool permitted) =>
        new AddressPolicy(new SourcesOptions { AllowedHosts = ["images.internal"] }).Permits("Images.Internal.", 80, IPAddress.Parse(address)).ShouldBe(permitted);

    [Fact]
    public void Trusts_HostWithPort_ThatPortAlone()
    {
        var policy = new AddressPolicy(new SourcesOptions { AllowedHosts = ["a.test:8080", "[::1]:81"] }, "b.test");
        policy.Trusts("a.test", 8080).ShouldBeTrue();
        policy.Trusts("a.test", 80).ShouldBeFalse();
        policy.Trusts("::1", 81).ShouldBeTrue();
        policy.Trusts("b.test", 5).ShouldBeTrue();
        policy.Trusts("xb.test", 5).ShouldBeFalse();
    }

    private static bool Permits(AddressPolicy policy, string address) => policy.Permits("shop.test", 443, IPAddress.Parse(address));
}
