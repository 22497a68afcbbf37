#!/usr/bin/perl
# Register a TOTP device for each line "login ID, seed, status" of standard input, as the
# product's own registration stores it: in the customer's persistent session.
use strict;
use warnings;
use JSON;
use Lemonldap::NG::Common::Session;
use Lemonldap::NG::Common::Util qw(getPSessionID);

my $home = $ENV{LLNG_HOME};
my $now  = time;
while (<STDIN>) {
    chomp;
    my ( $login_id, $seed, $status ) = split /\t/;
    my %info = (
        _session_uid => $login_id,
        _utime       => $now,
        _2fDevices   => to_json( [ {
            type => 'TOTP', name => 'card', _secret => $seed, epoch => $now
        } ] ),
    );
    # Suspended: three failures just now, as wrong attempts leave them.
    $info{_loginHistory} = { failedLogin => [ map { {
        ipAddr => '127.0.0.1', error => 9, _utime => $now
    } } 1 .. 3 ] } if $status eq 'suspended';
    my $session = Lemonldap::NG::Common::Session->new( {
        storageModule        => 'Apache::Session::File',
        storageModuleOptions => {
            Directory => "$home/psessions", LockDirectory => "$home/psessions/lock"
        },
        id    => getPSessionID($login_id),
        force => 1,
        kind  => 'Persistent',
        info  => \%info,
    } );
    die $session->error if $session->error;
}
