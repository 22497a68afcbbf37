#!/usr/bin/perl
# Register a TOTP device for each line "login ID, seed" of standard input, as the product's
# own registration stores it: in the customer's persistent session.
use strict;
use warnings;
use JSON;
use Lemonldap::NG::Common::Session;
use Lemonldap::NG::Common::Util qw(getPSessionID);

my $home = $ENV{LLNG_HOME};
my $now  = time;
while (<STDIN>) {
    chomp;
    my ( $login_id, $seed ) = split /\t/;
    my $session = Lemonldap::NG::Common::Session->new( {
        storageModule        => 'Apache::Session::File',
        storageModuleOptions => {
            Directory => "$home/psessions", LockDirectory => "$home/psessions/lock"
        },
        id    => getPSessionID($login_id),
        force => 1,
        kind  => 'Persistent',
        info  => {
            _session_uid => $login_id,
            _utime       => $now,
            _2fDevices   => to_json( [ {
                type => 'TOTP', name => 'card', _secret => $seed, epoch => $now
            } ] ),
        },
    } );
    die $session->error if $session->error;
}
